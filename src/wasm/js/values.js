// Reads the caller's values, any of which may be missing, of another type, or throw when it is read.

/**
 * An invalid option or argument, until the client creates its `ConfigurationError`: the client knows the keys to
 * redact.
 */
export class InvalidArgument {
  constructor(option, given, allowed, cause) {
    Object.assign(this, { option, given, allowed, cause });
  }
}

/** The caller's text. It is redacted before it is truncated: half of a key would not be found. */
export class Quoted {
  constructor(text) {
    this.text = text;
  }
}

/** Creates an invalid argument that the core has found. */
export function createInvalidArgument(option, given, allowed, cause) {
  return new InvalidArgument(option, given, allowed, cause);
}

/** An invalid value of an option or argument. */
export function invalid(option, value, allowed) {
  return new InvalidArgument(option, shown(value), allowed);
}

/**
 * A value that is not an object where one is expected, such as a key in place of the options: a text is not repeated.
 */
export function notObject(option, value, allowed) {
  return new InvalidArgument(option, typeof value === "string" ? "a string" : shown(value), allowed);
}

/** Describes a value for a message. */
export function shown(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return new Quoted(value);
  if (isList(value)) return "an array";
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}

/** Calls a function that reads the caller's value; throws an `InvalidArgument` if that throws. */
export function reading(option, read) {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof InvalidArgument) throw cause;
    throw new InvalidArgument(option, "something that throws when it is read", "a plain value", cause);
  }
}

/**
 * An own member of a value; `undefined` if it is missing or its getter throws. Inherited members are ignored, because
 * `Object.prototype` may be polluted.
 */
export function own(value, name) {
  try {
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an array. `Array.isArray` throws for a revoked proxy. */
export function isList(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

export const isObject = (value) => typeof value === "object" && value !== null;

/** Whether a value is a date of any realm. */
export const isDate = (value) => Object.prototype.toString.call(value) === "[object Date]";

/** Wraps any value in a native promise, as `await` does: the `then` of another object may throw. */
export const adopt = (value) => (isPlainPromise(value) ? value : wrap(value));
const isPlainPromise = (value) =>
  value instanceof Promise && !Object.hasOwn(value, "then") && Object.getPrototypeOf(value) === Promise.prototype;
const wrap = async (value) => value;
