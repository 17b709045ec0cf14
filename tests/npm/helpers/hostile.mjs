// Values that throw when they are read.

/** What a value that throws when it is read throws. */
export class Hostile extends Error {}

export function throws() {
  throw new Hostile("I am not to be read");
}

/** The object, with a getter of that name that throws. */
export const withGetter = (name, rest = {}) =>
  Object.defineProperty({ ...rest }, name, { get: throws, enumerable: true });

/** Throws at whatever is done with it, `Array.isArray` too. */
export function revoked(target = {}) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
