// The error classes. Rust provides their fields; this file imports nothing, so that the classes exist before any wasm
// is loaded.

/** Identifies the same class in another copy of this package (CommonJS next to ESM, two versions). */
const BRAND = Symbol.for("openprospect.error");

/** The kind of a class, for errors that are constructed without one, as in a user's tests. */
const KIND = Symbol("kind");

const CLASSES = {};

/**
 * Defines a non-enumerable property, which is omitted when an error is printed or copied, as those of built-in errors
 * are. A descriptor with a prototype could inherit a getter.
 */
function hide(object, name, value) {
  Object.defineProperty(object, name, { __proto__: null, value, writable: true, configurable: true });
}

/** Sets the name of a class, so that it survives minifying, and registers the class under its kind. */
function define(Class, name, kind) {
  Object.defineProperty(Class, "name", { __proto__: null, value: name, configurable: true });
  for (const key of ["name", BRAND]) {
    Object.defineProperty(Class.prototype, key, { __proto__: null, value: name, writable: true, configurable: true });
  }
  if (kind === undefined) return;
  CLASSES[kind] = Class;
  hide(Class.prototype, KIND, kind);
}

function subclass(Parent, name, kind) {
  const Class = class extends Parent {};
  define(Class, name, kind);
  return Class;
}

export class OpenProspectError extends Error {
  constructor(message, fields = {}, options = undefined) {
    super(message, options);
    for (const [name, value] of Object.entries(fields)) {
      if (name === "message" || name === "__proto__" || value === undefined) continue;
      // The raw body is readable, but omitted when the error is printed.
      if (name === "rawBody") hide(this, name, value);
      else this[name] = name === "retryAt" && typeof value === "number" ? new Date(value) : value;
    }
    const kind = this[KIND];
    if (kind === undefined) return;
    if (!Object.hasOwn(this, "kind")) this.kind = kind;
    if (!Object.hasOwn(this, "code")) this.code = kind.toUpperCase();
  }

  static [Symbol.hasInstance](value) {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    if (!Object.hasOwn(this.prototype, BRAND) || value === null || typeof value !== "object") return false;
    for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
      if (Object.hasOwn(proto, BRAND) && proto[BRAND] === this.prototype[BRAND]) return true;
    }
    return false;
  }

  toJSON() {
    const { name, message, rawBody, cause } = this;
    const json = { name, message, ...this };
    if (rawBody !== undefined) json.rawBody = rawBody;
    if (isError(cause)) json.cause = { name: cause.name, message: cause.message };
    return json;
  }

  static {
    define(this, "OpenProspectError");
  }
}

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

/** Whether a value is an error of any realm. */
export const isError = (value) => /^\[object (?:Error|DOMException)\]$/.test(Object.prototype.toString.call(value));

/** Whether a value is an error of this package, and of the specified kind if there is one. */
export function isOpenProspectError(value, kind) {
  return value instanceof OpenProspectError && (kind === undefined || value.kind === kind);
}

/** A message is one line in a log: no control characters, line separators or marks that change the direction of a line. */
const BREAKS = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;
/** Longer messages are cut. */
const MAX_MESSAGE = 2600;

const oneLine = (text) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text).replace(BREAKS, " ");

/**
 * Creates the error of a record, with the stack of the caller. All messages of the client's errors are created here.
 */
export function createError(record, cause, trace) {
  const Class = CLASSES[record.kind] ?? OpenProspectError;
  const make = () => new Class(oneLine(record.message), record, cause === undefined ? undefined : { cause });
  const error = trace === undefined ? make() : withoutStack(make);
  if (trace !== undefined) beginAt(trace, error);
  return error;
}

/** Creates an error without a stack trace: capturing one through wasm is expensive, and this one would be replaced. */
function withoutStack(make) {
  const limit = Error.stackTraceLimit;
  try {
    if (typeof limit === "number") Error.stackTraceLimit = 0;
  } catch {
    // Frozen by a script that hardens the page.
  }
  try {
    return make();
  } finally {
    if (Error.stackTraceLimit !== limit) Error.stackTraceLimit = limit;
  }
}

/**
 * Sets the stack of an error to where its call began. It is formatted on first read: few stacks are read, and
 * formatting one costs more than creating the error.
 */
function beginAt(trace, error) {
  const head = `${error.name}: ${error.message}`;
  Object.defineProperty(error, "stack", {
    __proto__: null,
    configurable: true,
    get() {
      const frames = String(trace.stack ?? "").replace(/^Error(?:: )?\n/, "");
      const stack = frames === "" ? head : `${head}\n${frames}`;
      hide(error, "stack", stack);
      return stack;
    },
    set(stack) {
      hide(error, "stack", stack);
    },
  });
}
