// Reads values of the caller's, any of which may be missing, of another type, or throw when it is looked at.

/** A wrong option or argument, until the client makes its `ConfigurationError`: the client knows the keys that it must not show. */
export class InvalidArgument {
  constructor(option, given, allowed, cause) {
    Object.assign(this, { option, given, allowed, cause });
  }
}

/** A text of the caller's. It is cut after it was redacted, not before: half of a key would not be found. */
export class Quoted {
  constructor(text) {
    this.text = text;
  }
}

/** An invalid argument that the core finds. */
export function createInvalidArgument(option, given, allowed, cause) {
  return new InvalidArgument(option, given, allowed, cause);
}

/** A wrong value of an option or argument. */
export function invalid(option, value, allowed) {
  return new InvalidArgument(option, shown(value), allowed);
}

/** Something else where an object is expected, such as a key in the place of the options: a text is not repeated. */
export function notObject(option, value, allowed) {
  return new InvalidArgument(option, typeof value === "string" ? "a string" : shown(value), allowed);
}

/** What was given, for a message. */
export function shown(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return new Quoted(value);
  if (isList(value)) return "an array";
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}

/** The result of reading something of the caller's. */
export function reading(option, read) {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof InvalidArgument) throw cause;
    throw new InvalidArgument(option, "something that throws when it is read", "a plain value", cause);
  }
}

/**
 * A member of the value's own; `undefined` where there is none or its getter throws. Members of its prototype were not given, and
 * may be those of somebody who reached `Object.prototype`.
 */
export function own(value, name) {
  try {
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Is it an array? Asking a revoked proxy throws. */
export function isList(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

export const isObject = (value) => typeof value === "object" && value !== null;

/** Is it a date, of whichever realm? */
export const isDate = (value) => Object.prototype.toString.call(value) === "[object Date]";

/** A promise of the engine's own for any value, as `await` makes one: the `then` of another object may throw. */
export const adopt = (value) => (isPlainPromise(value) ? value : wrap(value));
const isPlainPromise = (value) => value instanceof Promise && !Object.hasOwn(value, "then") && Object.getPrototypeOf(value) === Promise.prototype;
const wrap = async (value) => value;
