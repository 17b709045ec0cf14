// Values that throw when they are read.

/** The error of such a value. */
export class Hostile extends Error {}

/** @returns {never} */
export function throws() {
  throw new Hostile("this value must not be read");
}

/**
 * A copy of the object with a getter that throws.
 *
 * @param {PropertyKey} name
 * @param {object} rest
 */
export const withGetter = (name, rest = {}) =>
  Object.defineProperty({ ...rest }, name, { get: throws, enumerable: true });

/**
 * A revoked proxy: every operation throws, even `Array.isArray`.
 *
 * @param {object} target
 */
export function revoked(target = {}) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
