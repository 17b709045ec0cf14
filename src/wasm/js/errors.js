// The error classes. Rust provides their fields. No imports: the classes exist before any wasm is loaded.

/** @import { ErrorKind } from "../../../pkg/index.js" */

/** Identifies the same class in another copy of this package (CommonJS next to ESM, two versions). */
const BRAND = Symbol.for("openprospect.error");
/** The kind of a class, for errors that are constructed without one, as in a user's tests. */
const KIND = Symbol("kind");
/** The classes by their kind. @type {Record<string, typeof OpenProspectError>} */
export const CLASSES = {};

/** @type {(object: object, name: PropertyKey, descriptor: PropertyDescriptor) => void} */
export function define(object, name, descriptor) {
  // A descriptor with a prototype could inherit a getter.
  Object.defineProperty(object, name, Object.assign(Object.create(null), { configurable: true }, descriptor));
}

/** Sets a non-enumerable property, as those of built-in errors are: it is not printed or copied.
 * @type {<T>(object: object, name: PropertyKey, value: T) => T} */
export function hide(object, name, value) {
  define(object, name, { value, writable: true });
  return value;
}

/** Sets the name of a class, so that it survives minifying, and registers the class under its kind.
 * @param {typeof OpenProspectError} Class @param {string} name @param {ErrorKind} [kind] */
function register(Class, name, kind) {
  define(Class, "name", { value: name });
  hide(Class.prototype, "name", name);
  hide(Class.prototype, BRAND, name);
  hide(Class.prototype, KIND, kind);
  if (kind !== undefined) CLASSES[kind] = Class;
  return Class;
}

/** @param {typeof OpenProspectError} Parent @param {string} name @param {ErrorKind} kind */
const subclass = (Parent, name, kind) => register(class extends Parent {}, name, kind);

export class OpenProspectError extends Error {
  /** @param {string} message @param {Record<string, unknown>} [fields] @param {ErrorOptions} [options] */
  constructor(message, fields = {}, options = undefined) {
    super(message, options);
    for (const [name, value] of Object.entries(fields)) {
      if (name === "message" || name === "__proto__" || value === undefined) continue;
      // The raw body is readable, but omitted when the error is printed.
      if (name === "rawBody") hide(this, name, value);
      else Object.assign(this, { [name]: name === "retryAt" && typeof value === "number" ? new Date(value) : value });
    }
    const kind = /** @type {any} */ (this)[KIND];
    if (kind === undefined) return;
    if (!Object.hasOwn(this, "kind")) Object.assign(this, { kind });
    if (!Object.hasOwn(this, "code")) Object.assign(this, { code: kind.toUpperCase() });
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    if (!Object.hasOwn(this.prototype, BRAND) || value === null || typeof value !== "object") return false;
    const brand = /** @type {any} */ (this.prototype)[BRAND];
    for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
      if (Object.hasOwn(proto, BRAND) && proto[BRAND] === brand) return true;
    }
    return false;
  }

  toJSON() {
    const { name, message, cause, rawBody } = /** @type {any} */ (this);
    return {
      name,
      message,
      .../** @type {object} */ (this),
      ...(rawBody !== undefined && { rawBody }),
      ...(isError(cause) && { cause: { name: cause.name, message: cause.message } }),
    };
  }
}

register(OpenProspectError, "OpenProspectError");
export const ApiError = subclass(OpenProspectError, "ApiError", "api");
export const BadRequestError = subclass(ApiError, "BadRequestError", "bad_request");
export const AuthenticationError = subclass(ApiError, "AuthenticationError", "authentication");
export const AuthorizationError = subclass(ApiError, "AuthorizationError", "authorization");
export const NotFoundError = subclass(ApiError, "NotFoundError", "not_found");
export const ConflictError = subclass(ApiError, "ConflictError", "conflict");
export const ValidationError = subclass(ApiError, "ValidationError", "validation");
export const RateLimitError = subclass(ApiError, "RateLimitError", "rate_limit");
export const ServerError = subclass(ApiError, "ServerError", "server");
export const ConnectionError = subclass(OpenProspectError, "ConnectionError", "connection");
export const TimeoutError = subclass(OpenProspectError, "TimeoutError", "timeout");
export const DecodeError = subclass(OpenProspectError, "DecodeError", "decode");
export const TerminalStatusError = subclass(OpenProspectError, "TerminalStatusError", "terminal_status");
export const ConfigurationError = subclass(OpenProspectError, "ConfigurationError", "configuration");
export const InternalError = subclass(OpenProspectError, "InternalError", "internal");

/** Whether a value is an error of any realm. @param {unknown} value @returns {value is Error} */
export const isError = (value) => /^\[object (?:Error|DOMException)\]$/.test(Object.prototype.toString.call(value));

/** Whether it is an error of this package, and of this kind. @type {(value: unknown, kind?: ErrorKind) => boolean} */
export function isOpenProspectError(value, kind) {
  return value instanceof OpenProspectError && (kind === undefined || Reflect.get(value, "kind") === kind);
}
