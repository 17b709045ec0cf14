// The error classes. Rust fills them; they import nothing, so that they exist before any wasm is loaded.

/** Tells a class of another copy of this package (CommonJS beside ESM, two versions) as the same class. */
const BRAND = Symbol.for("openprospect.error");

const CLASSES = {};

/** Names a class so that minifying keeps the name, and puts it under its kind. */
function define(Class, name, kind) {
  Object.defineProperty(Class, "name", { value: name, configurable: true });
  for (const key of ["name", BRAND]) {
    Object.defineProperty(Class.prototype, key, { value: name, writable: true, configurable: true });
  }
  if (kind !== undefined) CLASSES[kind] = Class;
}

export class OpenProspectError extends Error {
  constructor(message, fields = {}, options = undefined) {
    super(message, options);
    for (const [name, value] of Object.entries(fields)) {
      if (name === "message" || value === undefined) continue;
      // The raw body is there for those who ask, and out of the way of those who print the error.
      Object.defineProperty(this, name, {
        value: name === "retryAt" && typeof value === "number" ? new Date(value) : value,
        enumerable: name !== "rawBody",
        writable: true,
        configurable: true,
      });
    }
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
    if (cause instanceof Error) json.cause = { name: cause.name, message: cause.message };
    return json;
  }

  static {
    define(this, "OpenProspectError");
  }
}

export class ApiError extends OpenProspectError {
  static {
    define(this, "ApiError", "api");
  }
}

export class BadRequestError extends ApiError {
  static {
    define(this, "BadRequestError", "bad_request");
  }
}

export class AuthenticationError extends ApiError {
  static {
    define(this, "AuthenticationError", "authentication");
  }
}

export class AuthorizationError extends ApiError {
  static {
    define(this, "AuthorizationError", "authorization");
  }
}

export class NotFoundError extends ApiError {
  static {
    define(this, "NotFoundError", "not_found");
  }
}

export class ConflictError extends ApiError {
  static {
    define(this, "ConflictError", "conflict");
  }
}

export class ValidationError extends ApiError {
  static {
    define(this, "ValidationError", "validation");
  }
}

export class RateLimitError extends ApiError {
  static {
    define(this, "RateLimitError", "rate_limit");
  }
}

export class ServerError extends ApiError {
  static {
    define(this, "ServerError", "server");
  }
}

export class ConnectionError extends OpenProspectError {
  static {
    define(this, "ConnectionError", "connection");
  }
}

export class TimeoutError extends OpenProspectError {
  static {
    define(this, "TimeoutError", "timeout");
  }
}

export class DecodeError extends OpenProspectError {
  static {
    define(this, "DecodeError", "decode");
  }
}

export class TerminalStatusError extends OpenProspectError {
  static {
    define(this, "TerminalStatusError", "terminal_status");
  }
}

export class ConfigurationError extends OpenProspectError {
  static {
    define(this, "ConfigurationError", "configuration");
  }
}

/** Is the value an error of this package, and of that kind if one is given? */
export function isOpenProspectError(value, kind) {
  return value instanceof OpenProspectError && (kind === undefined || value.kind === kind);
}

/** The error of a record that Rust made, with the stack of the caller. */
export function createError(record, cause, trace) {
  const Class = CLASSES[record.kind] ?? OpenProspectError;
  const error = new Class(record.message, record, cause === undefined ? undefined : { cause });
  const frames = trace?.stack?.replace(/^Error\n/, "");
  if (frames) {
    const stack = `${error.name}: ${error.message}\n${frames}`;
    Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
  }
  return error;
}
