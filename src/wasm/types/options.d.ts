/** HTTP methods that `request` supports. */
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "POST" | "PATCH";

/** A string with some known values. Other values are valid, too. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** A type with all members optional. */
export type Optional<T> = { [Name in keyof T]?: T[Name] | undefined };

/** Options of `new OpenProspect(options)`. */
export interface OpenProspectOptions {
  /**
   * The API key, or a function that provides one.
   *
   * A function is called for each attempt of each call, in the asynchronous context of that call (`AsyncLocalStorage`),
   * and once more after a 401. The client uses the returned key for no other call, so that one client can serve many
   * tenants; if getting a key is expensive, cache it in the function. If a call waited for a rate limit for more than a
   * second, the client calls the function again before it sends the request. Rate limits are tracked per key.
   *
   * No error, event or log contains a key that the client has used (the latest 16, and always the call's own), nor any
   * text of the form `lnc_live_…` or `lnc_test_…`.
   *
   * Required for the vendor's host. Optional for any other host, such as a proxy that adds the key.
   *
   * @default the environment variable `OPENPROSPECT_API_KEY`, where the platform has environment variables
   */
  apiKey?: (string | (() => string | Promise<string>)) | undefined;
  /**
   * The base URL of the API: https only, except for loopback hosts. A path prefix is kept. In a web page, a relative
   * URL is allowed.
   *
   * @default the environment variable `OPENPROSPECT_BASE_URL`, else "https://api.openprospect.io"
   */
  baseUrl?: string | undefined;
  /**
   * Maximum number of retries after the first attempt, 0 to 1000.
   *
   * @default 2; no maximum for batch work
   */
  maxRetries?: number | undefined;
  /**
   * Exponential backoff with jitter: the wait before retry n is a random time between 50 ms and `min(maxMs, baseMs ·
   * 2ⁿ⁻¹)`.
   */
  backoff?: BackoffOptions | undefined;
  /**
   * The longest `Retry-After` wait, in milliseconds, that the client accepts. If the server requests a longer one, the
   * call fails at once.
   *
   * @default 60000; two hours for batch work
   */
  maxRetryAfterMs?: number | undefined;
  /**
   * Makes the calls of this client batch work: work that may take hours, such as a nightly job under an hourly quota.
   *
   * Its failures are limited by time (`giveUpAfterMs`) instead of attempts, a `Retry-After` of up to two hours is
   * accepted, and a call has no deadline; each of these can still be set. Interactive calls, which is the default, are
   * sent before batch calls and before their retries, and `batchShare` keeps a part of the quota free for them.
   *
   * A call may have the other kind than its client (see {@link CallOptions.batch}); it then begins with the defaults of
   * its own kind.
   *
   * @default false
   */
  batch?: boolean | undefined;
  /**
   * The time of uninterrupted failure in milliseconds, from a call's first failed attempt, after which the call fails.
   *
   * @default no limit; four hours for batch work
   */
  giveUpAfterMs?: number | undefined;
  /**
   * The share of the quota, as far as it is known from headers or from 429s, that batch work uses: above 0, 1 at most. The
   * rest stays free for interactive calls.
   *
   * @default 0.9
   */
  batchShare?: number | undefined;
  /**
   * Timeout of one attempt in milliseconds, from the connection to the last byte of the body.
   *
   * Node's built-in `fetch` times out after 300 s, also when a body stalls for that long. For longer timeouts, pass
   * undici's `fetch` with an `Agent` that sets `headersTimeout` and `bodyTimeout`.
   *
   * @default 30000
   */
  timeoutMs?: number | undefined;
  /**
   * Timeout of a whole call in milliseconds, including all attempts and waits. `null` for none.
   *
   * @default 120000; none for batch work
   */
  deadlineMs?: number | null | undefined;
  /** Headers for every request. `authorization` is rejected: use `apiKey` instead. */
  headers?: HeadersInput | undefined;
  /**
   * A `fetch` implementation to use instead of the platform's: see {@link FetchFunction}.
   *
   * @default `globalThis.fetch`, looked up at each attempt
   */
  fetch?: FetchFunction | undefined;
  /** Called with each event of the client. Errors that it throws are ignored. */
  onEvent?: ((event: OpenProspectEvent) => void) | undefined;
  /**
   * Allows a `lnc_live_` key in a web page, where every visitor can read it.
   *
   * @default false
   */
  allowLiveKeyInBrowser?: boolean | undefined;
}

/** Settings of the exponential backoff. */
export interface BackoffOptions {
  /**
   * Upper bound of the first wait in milliseconds.
   *
   * @default 1000
   */
  baseMs?: number | undefined;
  /**
   * Upper bound of every wait in milliseconds.
   *
   * @default 30000
   */
  maxMs?: number | undefined;
}

/** Header names and values: an object, or any iterable of pairs, such as `Headers`. */
export type HeadersInput =
  | ResponseHeaders
  | Record<string, string>
  | readonly (readonly [string, string])[]
  | Iterable<readonly [string, string]>;

/** The platform's type of that name if the compiler knows it, else the minimum that the client requires or provides. */
type Platform<Name extends string, Least> = typeof globalThis extends {
  readonly [name in Name]: { prototype: infer Own };
}
  ? Own
  : Least;

/** An `AbortSignal`. */
export type Signal = Platform<
  "AbortSignal",
  {
    readonly aborted: boolean;
    readonly reason?: unknown;
    addEventListener(type: "abort", listener: () => void): void;
    removeEventListener(type: "abort", listener: () => void): void;
  }
>;

/** The `Headers` of a response. */
export type ResponseHeaders = Platform<
  "Headers",
  {
    get(name: string): string | null;
    has(name: string): boolean;
    forEach(each: (value: string, name: string) => void): void;
    [Symbol.iterator](): IterableIterator<[string, string]>;
  }
>;

/** What `fetch` is called with. */
export interface FetchInit {
  method: HttpMethod;
  /** Includes the key. A new object for each attempt: changing it affects no other request. */
  headers: Record<string, string>;
  /** JSON text; absent if the request has no body. */
  body?: string;
  redirect: "manual";
  /** Aborted when the caller aborts the call, and when the attempt times out. */
  signal: Signal;
  /** Set only in browsers, whose `fetch` has a cache. */
  cache?: "no-store";
}

/** The parts of a response that the client uses. */
export interface FetchResponse {
  /** 200 to 599; 0 for a redirect that a browser hides. */
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** A byte stream, which the client reads up to a limit. If it is not a stream, the client calls `text`. */
  readonly body?: unknown;
  text(): Promise<string>;
}

/**
 * A function that sends a request: `globalThis.fetch`, the `fetch` of undici or node-fetch, or a wrapper around one.
 *
 * It must reject as `fetch` does if the request failed on the network: with a `TypeError`, or with an error that has a
 * network code such as `ECONNRESET`. The client retries such failures and reports them as a `ConnectionError`. Any
 * other error is passed to the caller unchanged, without a retry.
 *
 * @example
 * ```js
 * const client = new OpenProspect({ fetch: (url, init) => fetch(url, { ...init, keepalive: true }) });
 * ```
 */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Options of a single call, the last argument of each method. */
export interface CallOptions {
  /** Aborts the call at any time; its promise rejects with the signal's reason. */
  signal?: Signal | undefined;
  /** Overrides the client's option for this call. */
  timeoutMs?: number | undefined;
  /** Overrides the client's option for this call. */
  deadlineMs?: number | null | undefined;
  /** Overrides the client's option for this call. */
  maxRetries?: number | undefined;
  /** Overrides the client's option for this call. */
  maxRetryAfterMs?: number | undefined;
  /**
   * Whether this call is batch work: see {@link OpenProspectOptions.batch}.
   *
   * If its kind is not that of the client, the client's `deadlineMs`, `maxRetries`, `maxRetryAfterMs` and
   * `giveUpAfterMs` do not apply to it: they are the defaults of its kind, unless this call sets them.
   *
   * @default that of the client
   */
  batch?: boolean | undefined;
  /** Overrides the client's option for this call. */
  giveUpAfterMs?: number | undefined;
  /** Headers for this call; they override those of the client. */
  headers?: HeadersInput | undefined;
  /**
   * Sent as `Idempotency-Key` with every attempt. With it, the client also retries a POST or PATCH whose outcome is
   * unknown: use it only for operations that honor it.
   */
  idempotencyKey?: string | undefined;
}

/** Options of `request` and its shorthand methods. */
export interface RequestOptions extends CallOptions {
  /**
   * Query parameters. An array is sent as a repeated parameter, a Date in ISO 8601; `undefined` and `null` are omitted.
   */
  query?: Query | undefined;
  /** The request body, sent as JSON. */
  body?: unknown | undefined;
}

/** A value of a query parameter. */
export type QueryValue = string | number | bigint | boolean | Date;

/** Query parameters. */
export type Query = { readonly [name: string]: QueryValue | readonly QueryValue[] | null | undefined };

/** The data of a response together with its metadata. */
export interface ApiResponse<T> {
  /** The parsed body; `undefined` if the response has none. */
  data: T;
  status: number;
  headers: ResponseHeaders;
  /** The server's request ID. */
  requestId?: string;
  /** All attempts, in order; the last one received this response. */
  attempts: Attempt[];
}

/** One page of a list. The client fills in fields that the server omits. */
export interface Page<T> {
  items: T[];
  /** Total number of items in the list. */
  total: number;
  /** Maximum number of items per page. */
  limit: number;
  /** Number of items before this page. */
  offset: number;
  has_more: boolean;
}

/** Pagination parameters of a list. */
export interface PageParams {
  /**
   * Number of items per page, 1 to 100.
   *
   * @default 50
   */
  limit?: number | undefined;
  /**
   * Number of items to skip.
   *
   * @default 0
   */
  offset?: number | undefined;
}

/**
 * Options of `wait`. A poll that fails but may succeed later (429, 5xx, no response) does not end it: it ends with the job,
 * its deadline, its signal, or an error that would not pass.
 */
export interface WaitOptions<T> {
  /** Aborts the wait at any time; its promise rejects with the signal's reason. */
  signal?: Signal | undefined;
  /**
   * Timeout of the whole wait in milliseconds.
   *
   * @default no deadline: some jobs wait for a person
   */
  deadlineMs?: number | null | undefined;
  /**
   * The first poll interval in milliseconds. It grows up to one minute; a `Retry-After` from the server takes
   * precedence, up to two hours or the client's `maxRetryAfterMs`.
   *
   * @default 5000
   */
  pollMs?: number | undefined;
  /** Called with each new status. Errors that it throws are ignored. */
  onStatus?: ((status: string, resource: T) => void) | undefined;
}

/** Options of `retryOnConflict`. */
export interface ConflictOptions {
  /**
   * Maximum number of times to call `apply`.
   *
   * @default 3
   */
  maxRounds?: number | undefined;
  /** Aborts the operation at any time. */
  signal?: Signal | undefined;
}

export interface OpenProspect {
  /**
   * Sends a request to any path below the base URL and returns the full response.
   *
   * @param path begins with one slash; the caller must percent-encode its segments
   * @throws {OpenProspectError} of the class that matches the failure; an abort rejects with the signal's reason
   */
  request<T = unknown>(method: HttpMethod, path: string, options?: RequestOptions): Promise<ApiResponse<T>>;
  /** Like `request("GET", …)`, but returns only the data. */
  get<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** Like `request("POST", …)`, but returns only the data. */
  post<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** Like `request("PUT", …)`, but returns only the data. */
  put<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** Like `request("PATCH", …)`, but returns only the data. */
  patch<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /** Like `request("DELETE", …)`, but returns only the data. */
  delete<T = unknown>(path: string, options?: RequestOptions): Promise<T>;
  /**
   * Calls `refresh` to read a state and `apply` to change it, and repeats both after a short wait when the change fails
   * with a `ConflictError` because of a concurrent change. After `maxRounds` rounds, the last `ConflictError` is
   * thrown; any other error is thrown at once.
   */
  retryOnConflict<S, R>(
    refresh: () => S | PromiseLike<S>,
    apply: (state: S) => R | PromiseLike<R>,
    options?: ConflictOptions,
  ): Promise<R>;
}
