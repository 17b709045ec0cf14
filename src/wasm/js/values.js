// Reads the caller's values, any of which may be missing, of another type, or throw when it is read.

/** An invalid argument, until the client, which knows the keys to redact, creates its `ConfigurationError`. */
export class InvalidArgument {
  /** @param {string} option @param {string | Quoted} given @param {string} allowed @param {unknown} [cause] */
  constructor(option, given, allowed, cause) {
    this.option = option;
    this.given = given;
    this.allowed = allowed;
    this.cause = cause;
  }
}

/** The caller's text. It is redacted before it is truncated: half of a key would not be found. */
export class Quoted {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** For the core. @type {(...fields: ConstructorParameters<typeof InvalidArgument>) => InvalidArgument} */
export const createInvalidArgument = (...fields) => new InvalidArgument(...fields);
/** @typedef {(option: string, value: unknown, allowed: string) => InvalidArgument} CreateInvalid */
/** An invalid value of an option or argument. @type {CreateInvalid} */
export const invalid = (option, value, allowed) => new InvalidArgument(option, describe(value), allowed);
/** A value that is not an object. Text, such as a key in place of options, is not quoted. @type {CreateInvalid} */
export const notObject = (option, value, allowed) =>
  new InvalidArgument(option, typeof value === "string" ? "a string" : describe(value), allowed);

/** Describes a value for a message. @param {unknown} value */
export function describe(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return new Quoted(value);
  if (isList(value)) return "an array";
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}

/** The result of a function; `undefined` if it throws. @type {<T>(run: () => T) => T | undefined} */
export function attempt(run) {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Like `attempt`, but throws an `InvalidArgument`. @type {<T>(option: string, read: () => T) => T} */
export function reading(option, read) {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof InvalidArgument) throw cause;
    throw new InvalidArgument(option, "something that throws when it is read", "a plain value", cause);
  }
}

/** An own member: `Object.prototype` may be polluted. @type {(value: unknown, name: string) => any} */
export const own = (value, name) =>
  attempt(() => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined));
/** Whether a value is an array; false for a revoked proxy. @param {unknown} value @returns {value is any[]} */
export const isList = (value) => attempt(() => Array.isArray(value)) === true;
/** @type {(value: unknown) => value is Record<PropertyKey, any>} */
export const isObject = (value) => typeof value === "object" && value !== null;
/** Whether a value is a date of any realm. @param {unknown} value @returns {value is Date} */
export const isDate = (value) => Object.prototype.toString.call(value) === "[object Date]";
