/** What kind of error it is. Each has one class. */
export type ErrorKind = keyof ErrorByKind;

/** The class of each kind. */
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

/** Codes of the vendor's errors page. */
export type DocumentedCode =
  | "UNAUTHORIZED"
  | "AUTHORIZATION_ERROR"
  | "VALIDATION_ERROR"
  | "ORDER_NOT_FOUND"
  | "PROSPECT_SEARCH_NOT_FOUND"
  | "BLACKLIST_NOT_FOUND";

/** Codes that only older pages show. */
export type OlderCode =
  | "ENTITY_NOT_FOUND"
  | "INVALID_REQUEST"
  | "INVALID_JSON"
  | "MISSING_FIELD"
  | "INVALID_TYPE"
  | "INVALID_ENUM"
  | "INVALID_FORMAT"
  | "RATE_LIMIT_EXCEEDED";

/** Codes of the client itself, where the API gives none. */
export type ClientCode = Uppercase<ErrorKind> | "UNEXPECTED_REDIRECT";

/** A word for what went wrong: a known one, or one the API has thought of since. */
export type ErrorCode = Open<DocumentedCode | OlderCode | ClientCode>;

/** Why a call was not tried once more. */
export type StoppedBy = "not_retryable" | "unsafe_method" | "attempts" | "deadline" | "retry_after";

/**
 * Base of all errors of this package.
 *
 * They can be made in tests: `new RateLimitError("busy", { retryAfterMs: 5 })` has the kind of its class and the code of its kind.
 */
export class OpenProspectError extends Error {
  constructor(message: string, fields?: Readonly<Record<string, unknown>>, options?: { cause?: unknown });
  readonly kind: ErrorKind;
  /**
   * The API's word, else the kind in capitals: an {@link ErrorCode}, such as `"ORDER_NOT_FOUND"`.
   *
   * It is declared as a string, so that comparing it narrows it to the very code, documented or new.
   */
  readonly code: string;
  /** The HTTP status, if a response came; on a `TerminalStatusError` the state that the job ended in. */
  readonly status?: number | string;
  /** What the server told beside, in its own names. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The documented way out. */
  readonly resolution?: string;
  /** The server's name for the last attempt, for its support. */
  readonly requestId?: string;
  readonly method?: HttpMethod;
  /** Without the query. */
  readonly path?: string;
  /** May the same request succeed later, unchanged? */
  readonly retryable?: boolean;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** When that wait ends. */
  readonly retryAt?: Date;
  readonly stoppedBy?: StoppedBy;
  /** True if the request may have changed something although the call failed. */
  readonly mayHaveBeenApplied?: boolean;
  /** The name under which the server knows the request: send it again with this one. */
  readonly idempotencyKey?: string;
  /** Every attempt, in order. */
  readonly attempts?: readonly Attempt[];
  /** How far a list came that is sent in parts, if a later part failed. */
  readonly partial?: Readonly<Sent>;
  /** The body of the last response, up to 64 KiB. */
  readonly rawBody?: string;
  readonly cause?: unknown;
  toJSON(): Record<string, unknown>;
}

/** A response that is not 2xx. Of this class itself are those without a class of their own, such as a redirect. */
export class ApiError extends OpenProspectError {
  readonly kind: "api" | "bad_request" | "authentication" | "authorization" | "not_found" | "conflict" | "validation" | "rate_limit" | "server";
  readonly status?: number;
  readonly method: HttpMethod;
  readonly path: string;
  readonly retryable: boolean;
  readonly stoppedBy: StoppedBy;
  readonly mayHaveBeenApplied: boolean;
  readonly attempts: readonly Attempt[];
}

/** 400: the operation does not accept the request. */
export class BadRequestError extends ApiError {
  readonly kind: "bad_request";
  readonly status: 400;
}

/** 401: the key is missing, malformed, expired or revoked. */
export class AuthenticationError extends ApiError {
  readonly kind: "authentication";
  readonly status: 401;
}

/** 403: the key lacks a scope, or has no access to the resource. */
export class AuthorizationError extends ApiError {
  readonly kind: "authorization";
  readonly status: 403;
  readonly details?: Readonly<{ required_scopes?: string[]; user_scopes?: string[]; [field: string]: unknown }>;
  /** What the operation needs. */
  readonly requiredScopes: readonly Open<ApiScope>[];
  /** What the key has. */
  readonly userScopes: readonly Open<ApiScope>[];
  /** What is to be added to the key. */
  readonly missingScopes: readonly Open<ApiScope>[];
}

/** 404: the resource does not exist, or belongs to another organisation. */
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
  /** The fields that failed, as far as the server names them. */
  readonly fields: readonly FieldError[];
}

/** A field that failed validation. */
export interface FieldError {
  /** Its name, with dots between the levels. */
  field: string;
  message: string;
  /** The refused value, when the server repeats it. */
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

/** No response came: the connection could not be made, or broke. `cause` is what the platform threw. */
export class ConnectionError extends OpenProspectError {
  readonly kind: "connection";
  readonly status?: number;
}

/** An attempt or the whole call took too long. */
export class TimeoutError extends OpenProspectError {
  readonly kind: "timeout";
  readonly status?: number;
  /** Which limit passed: `timeoutMs` or `deadlineMs`. */
  readonly scope: "attempt" | "deadline";
}

/** A 2xx whose body is not what was asked for. */
export class DecodeError extends OpenProspectError {
  readonly kind: "decode";
  readonly status?: number;
}

/** What was waited for ended in a state other than success. */
export class TerminalStatusError<T = unknown> extends OpenProspectError {
  readonly kind: "terminal_status";
  /** The state, such as `"REJECTED"`. */
  readonly status: string;
  /** What was waited for, as it is now. */
  readonly resource: T;
}

/** A wrong option or argument. Nothing was sent. */
export class ConfigurationError extends OpenProspectError {
  readonly kind: "configuration";
  readonly status?: number;
  /** The option or argument. */
  readonly option: string;
  /** What was given, in words. */
  readonly given: string;
  /** What is allowed, in words. */
  readonly allowed: string;
}

/**
 * The client itself failed: its module was stopped in the midst of something, by a fault of its own, a stack without room, memory
 * that ran out, or a part of the platform that throws where none does. `cause` tells which.
 *
 * All calls under way then end with it; the next one has a new instance of the module, without the waits that were agreed on.
 */
export class InternalError extends OpenProspectError {
  readonly kind: "internal";
  readonly status?: number;
  readonly resolution: string;
  readonly retryable: true;
}

/** Is the value an error of this package, and of that kind if one is given? Works across copies of the package. */
export function isOpenProspectError(value: unknown): value is OpenProspectError;
export function isOpenProspectError<K extends ErrorKind>(value: unknown, kind: K): value is ErrorByKind[K];
