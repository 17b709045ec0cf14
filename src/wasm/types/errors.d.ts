/** Kinds of errors. Each kind has one class. */
export type ErrorKind = keyof ErrorByKind;

/** The error class of each kind. */
export interface ErrorByKind {
  api: ApiError;
  bad_request: BadRequestError;
  authentication: AuthenticationError;
  authorization: AuthorizationError;
  not_found: NotFoundError;
  conflict: ConflictError;
  validation: ValidationError;
  rate_limit: RateLimitError;
  server: ServerError;
  connection: ConnectionError;
  timeout: TimeoutError;
  decode: DecodeError;
  terminal_status: TerminalStatusError;
  configuration: ConfigurationError;
  internal: InternalError;
}

/** Error codes documented on the vendor's errors page. */
export type DocumentedCode =
  | "UNAUTHORIZED"
  | "AUTHORIZATION_ERROR"
  | "VALIDATION_ERROR"
  | "ORDER_NOT_FOUND"
  | "PROSPECT_SEARCH_NOT_FOUND"
  | "BLACKLIST_NOT_FOUND";

/** Error codes found only in legacy documentation. */
export type OlderCode =
  | "ENTITY_NOT_FOUND"
  | "INVALID_REQUEST"
  | "INVALID_JSON"
  | "MISSING_FIELD"
  | "INVALID_TYPE"
  | "INVALID_ENUM"
  | "INVALID_FORMAT"
  | "RATE_LIMIT_EXCEEDED";

/** Error codes set by the client when the API returns none. */
export type ClientCode = Uppercase<ErrorKind> | "UNEXPECTED_REDIRECT";

/** A known error code, or one that the API has introduced since. */
export type ErrorCode = Open<DocumentedCode | OlderCode | ClientCode>;

/** Why the client did not retry a call. */
export type StoppedBy = "not_retryable" | "unsafe_method" | "attempts" | "deadline" | "retry_after" | "give_up_after";

/**
 * Base of all errors of this package.
 *
 * You can create them in tests: `new RateLimitError("busy", { retryAfterMs: 5 })` gets the kind of its class and the
 * default code of that kind.
 */
export class OpenProspectError extends Error {
  constructor(message: string, fields?: Readonly<Record<string, unknown>>, options?: { cause?: unknown });
  readonly kind: ErrorKind;
  /**
   * The error code from the API, else the kind in capitals: an {@link ErrorCode}, such as `"ORDER_NOT_FOUND"`.
   *
   * Declared as a string so that comparing it with any code, documented or new, narrows it to that code.
   */
  readonly code: string;
  /** The HTTP status, if a response was received; on a `TerminalStatusError`, the final status of the job. */
  readonly status?: number | string;
  /** Additional fields from the server's error response, under their original names. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What to do next, according to the documentation. */
  readonly resolution?: string;
  /** The server's request ID of the last attempt. Include it in support requests. */
  readonly requestId?: string;
  readonly method?: HttpMethod;
  /** The request path without the query. */
  readonly path?: string;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable?: boolean;
  /** The wait that the server requested (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number;
  /** When that wait ends. */
  readonly retryAt?: Date;
  readonly stoppedBy?: StoppedBy;
  /** True if the server may have applied the request although the call failed. */
  readonly mayHaveBeenApplied?: boolean;
  /** The idempotency key of the request. Use the same key to send the request again. */
  readonly idempotencyKey?: string;
  /** All attempts, in order. */
  readonly attempts?: readonly Attempt[];
  /** Progress of a list that is sent in batches, if a later batch failed. */
  readonly partial?: Readonly<Sent>;
  /** The body of the last response, up to 64 KiB. */
  readonly rawBody?: string;
  readonly cause?: unknown;
  toJSON(): Record<string, unknown>;
}

/** A response with a status other than 2xx. Statuses without a subclass, such as redirects, use this class itself. */
export class ApiError extends OpenProspectError {
  readonly kind:
    | "api"
    | "bad_request"
    | "authentication"
    | "authorization"
    | "not_found"
    | "conflict"
    | "validation"
    | "rate_limit"
    | "server";
  readonly status?: number;
  readonly method: HttpMethod;
  readonly path: string;
  readonly retryable: boolean;
  readonly stoppedBy: StoppedBy;
  readonly mayHaveBeenApplied: boolean;
  readonly attempts: readonly Attempt[];
}

/** 400: the server does not accept the request for this operation. */
export class BadRequestError extends ApiError {
  readonly kind: "bad_request";
  readonly status: 400;
}

/** 401: the key is missing, malformed, expired or revoked. */
export class AuthenticationError extends ApiError {
  readonly kind: "authentication";
  readonly status: 401;
}

/** 403: the key lacks a required scope, or has no access to the resource. */
export class AuthorizationError extends ApiError {
  readonly kind: "authorization";
  readonly status: 403;
  readonly details?: Readonly<{ required_scopes?: string[]; user_scopes?: string[]; [field: string]: unknown }>;
  /** Scopes that the operation requires. */
  readonly requiredScopes: readonly Open<ApiScope>[];
  /** Scopes that the key has. */
  readonly userScopes: readonly Open<ApiScope>[];
  /** Required scopes that the key lacks. */
  readonly missingScopes: readonly Open<ApiScope>[];
}

/** 404: the resource does not exist, or belongs to another organization. */
export class NotFoundError extends ApiError {
  readonly kind: "not_found";
  readonly status: 404;
}

/** 409: the request conflicts with the resource's current state. */
export class ConflictError extends ApiError {
  readonly kind: "conflict";
  readonly status: 409;
}

/** 422: the body, path or query failed validation. */
export class ValidationError extends ApiError {
  readonly kind: "validation";
  readonly status: 422;
  /** The fields that failed validation, if the server lists them. */
  readonly fields: readonly FieldError[];
}

/** A field that failed validation. */
export interface FieldError {
  /** Name of the field, with dots between levels. */
  field: string;
  message: string;
  /** The invalid value, if the server returns it. */
  provided?: unknown;
}

/** 429: too many requests in a short time. */
export class RateLimitError extends ApiError {
  readonly kind: "rate_limit";
  readonly status: 429;
}

/** 5xx: the server or a gateway failed. */
export class ServerError extends ApiError {
  readonly kind: "server";
  readonly status: number;
}

/** No response was received: the connection could not be established, or it broke. `cause` is the platform's error. */
export class ConnectionError extends OpenProspectError {
  readonly kind: "connection";
  readonly status?: number;
}

/** An attempt or the whole call timed out. */
export class TimeoutError extends OpenProspectError {
  readonly kind: "timeout";
  readonly status?: number;
  /** Which limit was exceeded: `timeoutMs` (attempt) or `deadlineMs` (deadline). */
  readonly scope: "attempt" | "deadline";
}

/** A 2xx response whose body is not what the client expects. */
export class DecodeError extends OpenProspectError {
  readonly kind: "decode";
  readonly status?: number;
}

/** The job that `wait` polled did not succeed. */
export class TerminalStatusError<T = unknown> extends OpenProspectError {
  readonly kind: "terminal_status";
  /** The final status, such as `"REJECTED"`. */
  readonly status: string;
  /** The resource of the job, as last received. */
  readonly resource: T;
}

/** An invalid option or argument. No request was sent. */
export class ConfigurationError extends OpenProspectError {
  readonly kind: "configuration";
  readonly status?: number;
  /** Name of the option or argument. */
  readonly option: string;
  /** Description of the value that the client got. */
  readonly given: string;
  /** Description of the values that the client expects. */
  readonly allowed: string;
}

/**
 * The client itself failed: its WebAssembly module threw during a call, because of a bug, a stack overflow, memory
 * exhaustion, or a platform API that throws unexpectedly. `cause` is the original error.
 *
 * All calls in flight are rejected with this error. The next call gets a new instance of the module, without the rate
 * limit waits known so far.
 */
export class InternalError extends OpenProspectError {
  readonly kind: "internal";
  readonly status?: number;
  readonly resolution: string;
  readonly retryable: true;
}

/**
 * Whether the value is an error of this package, and of the specified kind if there is one. Works across copies of the
 * package.
 */
export function isOpenProspectError(value: unknown): value is OpenProspectError;
export function isOpenProspectError<K extends ErrorKind>(value: unknown, kind: K): value is ErrorByKind[K];
