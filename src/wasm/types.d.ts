/** HTTP methods that `request` sends. */
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "POST" | "PATCH";

/** A string of which some values are known. Others are possible, and no error. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** Options of `new OpenProspect(options)`. */
export interface OpenProspectOptions {
  /**
   * The API key, or a function that gives one. A function is asked before each attempt, and once more after a 401;
   * calls that ask at the same time share its answer.
   *
   * Needed for the vendor's host. For any other, such as a proxy that adds the key, it may be left out.
   *
   * @default the environment variable `OPENPROSPECT_API_KEY`, where there is an environment
   */
  apiKey?: string | (() => string | Promise<string>);
  /**
   * Where the API is: https only, except for loopback hosts. A path prefix is kept. Where there is a document, a
   * relative URL is allowed.
   *
   * @default the environment variable `OPENPROSPECT_BASE_URL`, else "https://api.openprospect.io"
   */
  baseUrl?: string;
  /**
   * Retries after the first attempt, 0 to 1000.
   *
   * @default 2
   */
  maxRetries?: number;
  /** The growing wait before a retry: before retry n it lies between 50 ms and `min(maxMs, baseMs · 2ⁿ⁻¹)`, by chance. */
  backoff?: BackoffOptions;
  /**
   * The longest wait, in milliseconds, that a server may ask for before the call ends at once.
   *
   * @default 60000
   */
  maxRetryAfterMs?: number;
  /**
   * The time of one attempt in milliseconds, from the connection to the last byte of the body.
   *
   * @default 30000
   */
  timeoutMs?: number;
  /**
   * The time of a whole call in milliseconds: its attempts and waits. `null` for none.
   *
   * @default 120000
   */
  deadlineMs?: number | null;
  /** Headers for each request. `authorization` is refused: the key has an option of its own. */
  headers?: HeadersInput;
  /**
   * Used instead of the platform's `fetch`.
   *
   * @default `globalThis.fetch`, looked up at each attempt
   */
  fetch?: FetchFunction;
  /** Told of what the client does. What it throws changes nothing for the call. */
  onEvent?: (event: OpenProspectEvent) => void;
  /**
   * Allows a `lnc_live_` key in a web page, where every visitor can read it.
   *
   * @default false
   */
  allowLiveKeyInBrowser?: boolean;
}

/** Settings of the growing wait. */
export interface BackoffOptions {
  /**
   * Upper end of the first wait in milliseconds.
   *
   * @default 1000
   */
  baseMs?: number;
  /**
   * Upper end of every wait in milliseconds.
   *
   * @default 30000
   */
  maxMs?: number;
}

/** Header names and values: an object, or anything that gives pairs when it is iterated, such as `Headers`. */
export type HeadersInput = Headers | Record<string, string> | readonly (readonly [string, string])[] | Iterable<readonly [string, string]>;

/** What the client needs of `fetch`. */
export type FetchFunction = typeof globalThis.fetch;

/** Options of a single call, the last argument of each method. */
export interface CallOptions {
  /** Stops the call at any moment; its promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** As the client's option, for this call. */
  timeoutMs?: number;
  /** As the client's option, for this call. */
  deadlineMs?: number | null;
  /** As the client's option, for this call. */
  maxRetries?: number;
  /** Headers for this call, over those of the client. */
  headers?: HeadersInput;
  /**
   * Sent as `Idempotency-Key` with every attempt. It makes a POST or PATCH one that is sent again after an unclear
   * outcome: give it only to operations that honour it.
   */
  idempotencyKey?: string;
}

/** Options of `request` and its short forms. */
export interface RequestOptions extends CallOptions {
  /** Query parameters. A list is sent as a repeated parameter, a Date in ISO 8601; `undefined` and `null` are left out. */
  query?: Query;
  /** The body, sent as JSON. */
  body?: unknown;
}

/** A value of a query parameter. */
export type QueryValue = string | number | bigint | boolean | Date;

/** Query parameters. */
export type Query = { readonly [name: string]: QueryValue | readonly QueryValue[] | null | undefined };

/** A response with all that came beside its data. */
export interface ApiResponse<T> {
  /** The parsed body; `undefined` where the response has none. */
  data: T;
  status: number;
  headers: Headers;
  /** The server's name for this exchange. */
  requestId?: string;
  /** Every attempt, in order; the last one is this response. */
  attempts: Attempt[];
}

/** One page of a list. What a server leaves out is filled in. */
export interface Page<T> {
  items: T[];
  /** How many items there are in all. */
  total: number;
  /** How many items a page holds at most. */
  limit: number;
  /** How many items come before this page. */
  offset: number;
  has_more: boolean;
}

/** Which part of a list to get. */
export interface PageParams {
  /**
   * Items a page, 1 to 100.
   *
   * @default 50
   */
  limit?: number;
  /**
   * Items to leave out at the beginning.
   *
   * @default 0
   */
  offset?: number;
}

/** Options of `wait`. */
export interface WaitOptions<T> {
  /** Stops the wait at any moment; its promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * The time of the whole wait in milliseconds.
   *
   * @default no deadline: some jobs wait for a person
   */
  deadlineMs?: number | null;
  /**
   * The first wait between two looks in milliseconds. The waits grow to a minute; a `Retry-After` of the server wins.
   *
   * @default 5000
   */
  pollMs?: number;
  /** Told of each new status. What it throws changes nothing for the wait. */
  onStatus?: (status: string, resource: T) => void;
}

/** Options of `retryOnConflict`. */
export interface ConflictOptions {
  /**
   * How often to apply at most.
   *
   * @default 3
   */
  maxRounds?: number;
  /** Stops it at any moment. */
  signal?: AbortSignal;
}

export interface OpenProspect {
  readonly auth: AuthNamespace;
  readonly orders: OrdersNamespace;
  readonly searchProfiles: SearchProfilesNamespace;
  readonly deliveries: DeliveriesNamespace;
  readonly prospectSearches: ProspectSearchesNamespace;
  readonly companies: CompaniesNamespace;
  readonly prospects: ProspectsNamespace;
  readonly blacklists: BlacklistsNamespace;
  readonly health: HealthNamespace;
  /**
   * Sends a request to any path below the base URL and gives all that came back.
   *
   * @param path begins with one slash; its parts are percent-encoded by the caller
   * @throws {OpenProspectError} of the class that the outcome has; an abort rejects with the signal's reason
   */
  request<T = unknown>(method: HttpMethod, path: string, options?: RequestOptions): Promise<ApiResponse<T>>;
  /** As `request("GET", …)`, and gives the data alone. */
  get<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** As `request("POST", …)`, and gives the data alone. */
  post<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** As `request("PUT", …)`, and gives the data alone. */
  put<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** As `request("PATCH", …)`, and gives the data alone. */
  patch<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** As `request("DELETE", …)`, and gives the data alone. */
  delete<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /**
   * Reads a state and changes it, and does both again after a short wait when the change ends in a `ConflictError`:
   * somebody else was quicker. After `maxRounds` the last `ConflictError` is thrown; any other error at once.
   */
  retryOnConflict<S, R>(
    refresh: () => S | PromiseLike<S>,
    apply: (state: S) => R | PromiseLike<R>,
    options?: ConflictOptions,
  ): Promise<R>;
}

/** One trip to the server. */
export interface Attempt {
  /** 1, 2, … */
  attempt: number;
  /** The status that came back. */
  status?: number;
  /** Why none came back. */
  failure?: "connection" | "timeout";
  /** Whether a request left the client. If not, the call waited for another one that failed, or its time was up. */
  sent: boolean;
  /** From the beginning of the attempt to its last body byte or its failure. */
  durationMs: number;
  /** The server's name for it. */
  requestId?: string;
  /** The wait that followed, if another attempt did. */
  waitMs?: number;
  /** What decided that wait: the client's own growing wait, or the server's word. */
  waitReason?: "backoff" | "retry_after";
}

/** What a client tells its `onEvent`. */
export type OpenProspectEvent =
  | AttemptEvent
  | RetryEvent
  | ThrottledEvent
  | OutageEvent
  | ResumedEvent
  | ProgressEvent
  | AlertEvent
  | RecoveredEvent;

/** An attempt ended, well or not. */
export interface AttemptEvent extends Attempt {
  type: "attempt";
  method: HttpMethod;
  path: string;
}

/** Another attempt follows after a wait. */
export interface RetryEvent {
  type: "retry";
  method: HttpMethod;
  path: string;
  /** The attempt that failed. */
  attempt: number;
  waitMs: number;
  waitReason: "backoff" | "retry_after";
}

/** The server's limit is reached: no call of this client sends anything for a while. */
export interface ThrottledEvent {
  type: "throttled";
  /** When sending goes on. */
  until: Date;
  /** Requests a second from then on; absent if only a header told of the limit. */
  pace?: number;
  /** How many requests may be out at once from then on. */
  window: number;
  /** How many calls wait. */
  waiting: number;
}

/** The server is down: five requests in a row failed. One call at a time looks whether it is back. */
export interface OutageEvent {
  type: "outage";
  /** When the first of them does. */
  until: Date;
  /** Requests that failed in a row. */
  failures: number;
  /** How many calls wait. */
  waiting: number;
}

/** A pause or an outage is over. */
export interface ResumedEvent {
  type: "resumed";
  /** Requests a second, if they are limited. */
  pace?: number;
  /** How many requests may be out at once. */
  window: number;
  /** How many calls wait. */
  waiting: number;
}

/** A part of a list that is sent in parts was accepted. */
export interface ProgressEvent {
  type: "progress";
  method: HttpMethod;
  path: string;
  /** Items accepted so far. */
  sent: number;
  /** Items in all. */
  total: number;
}

/**
 * Three calls in a row ended in a server error or without a response. It is told once, and then not again before a
 * `recovered`.
 */
export interface AlertEvent {
  type: "alert";
  /** The request of the last of them. */
  method: HttpMethod;
  path: string;
  /** Calls that failed in a row. */
  count: number;
  /** When the first of them ended. */
  since: Date;
  /** What the last of them ended with. */
  error: ServerError | ConnectionError | TimeoutError;
}

/** The first success after an `alert`. */
export interface RecoveredEvent {
  type: "recovered";
  /** The request that succeeded. */
  method: HttpMethod;
  path: string;
  /** Calls that failed since then. */
  count: number;
  /** When the first of them ended. */
  since: Date;
}

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

/** Base of all errors of this package. */
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

/** Is the value an error of this package, and of that kind if one is given? Works across copies of the package. */
export function isOpenProspectError(value: unknown): value is OpenProspectError;
export function isOpenProspectError<K extends ErrorKind>(value: unknown, kind: K): value is ErrorByKind[K];
