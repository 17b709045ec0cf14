/** HTTP methods that `request` sends. */
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "POST" | "PATCH";

/** A string of which some values are known. Others are possible, and no error. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** Some of the members of a type. */
export type Optional<T> = { [Name in keyof T]?: T[Name] | undefined };

/** Options of `new OpenProspect(options)`. */
export interface OpenProspectOptions {
  /**
   * The API key, or a function that provides one.
   *
   * A function is called for each attempt of each call, in the asynchronous context of that call (`AsyncLocalStorage`), and
   * once more after a 401. Its answer is used for no other call, so that one client can serve many tenants; if getting a key
   * costs something, cache it in the function. A call that waited for a rate limit for more than a second asks again before
   * it is sent. Rate limits are kept for each key.
   *
   * No error, event or log shows a key that the client has used (the latest 16, and always the call's own), nor any text of
   * the form `lnc_live_…` or `lnc_test_…`.
   *
   * Needed for the vendor's host. For any other, such as a proxy that adds the key, it may be left out.
   *
   * @default the environment variable `OPENPROSPECT_API_KEY`, where there is an environment
   */
  apiKey?: (string | (() => string | Promise<string>)) | undefined;
  /**
   * Where the API is: https only, except for loopback hosts. A path prefix is kept. Where there is a document, a
   * relative URL is allowed.
   *
   * @default the environment variable `OPENPROSPECT_BASE_URL`, else "https://api.openprospect.io"
   */
  baseUrl?: string | undefined;
  /**
   * Retries after the first attempt, 0 to 1000.
   *
   * @default 2
   */
  maxRetries?: number | undefined;
  /** The growing wait before a retry: before retry n it lies between 50 ms and `min(maxMs, baseMs · 2ⁿ⁻¹)`, by chance. */
  backoff?: BackoffOptions | undefined;
  /**
   * The longest wait, in milliseconds, that a server may ask for before the call ends at once.
   *
   * @default 60000
   */
  maxRetryAfterMs?: number | undefined;
  /**
   * The time of one attempt in milliseconds, from the connection to the last byte of the body.
   *
   * Node's own `fetch` ends an attempt after 300 s, or where a body pauses for as long: for more, give the `fetch` of undici with
   * an `Agent` that has the `headersTimeout` and `bodyTimeout` you need.
   *
   * @default 30000
   */
  timeoutMs?: number | undefined;
  /**
   * The time of a whole call in milliseconds: its attempts and waits. `null` for none.
   *
   * @default 120000
   */
  deadlineMs?: number | null | undefined;
  /** Headers for each request. `authorization` is refused: the key has an option of its own. */
  headers?: HeadersInput | undefined;
  /**
   * Used instead of the platform's `fetch`: see {@link FetchFunction}.
   *
   * @default `globalThis.fetch`, looked up at each attempt
   */
  fetch?: FetchFunction | undefined;
  /** Told of what the client does. What it throws changes nothing for the call. */
  onEvent?: ((event: OpenProspectEvent) => void) | undefined;
  /**
   * Allows a `lnc_live_` key in a web page, where every visitor can read it.
   *
   * @default false
   */
  allowLiveKeyInBrowser?: boolean | undefined;
}

/** Settings of the growing wait. */
export interface BackoffOptions {
  /**
   * Upper end of the first wait in milliseconds.
   *
   * @default 1000
   */
  baseMs?: number | undefined;
  /**
   * Upper end of every wait in milliseconds.
   *
   * @default 30000
   */
  maxMs?: number | undefined;
}

/** Header names and values: an object, or anything that gives pairs when it is iterated, such as `Headers`. */
export type HeadersInput =
  | ResponseHeaders
  | Record<string, string>
  | readonly (readonly [string, string])[]
  | Iterable<readonly [string, string]>;

/** The platform's own type of that name where the compiler knows it, else the least that the client needs or gives. */
type Platform<Name extends string, Least> = typeof globalThis extends { readonly [name in Name]: { prototype: infer Own } }
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
  /** With the key, and new for each attempt: changing them changes no other request. */
  headers: Record<string, string>;
  /** JSON; absent if there is no body. */
  body?: string;
  redirect: "manual";
  /** Aborted when the caller stops the call, and when the time of the attempt is up. */
  signal: Signal;
  /** Only in browsers, which may cache. */
  cache?: "no-store";
}

/** What is used of a response. */
export interface FetchResponse {
  /** 200 to 599; 0 of a redirect that a browser hides. */
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** A stream of bytes, which is read up to a limit; where it is none, `text` is called. */
  readonly body?: unknown;
  text(): Promise<string>;
}

/**
 * A function that sends a request: `globalThis.fetch`, that of undici or node-fetch, or a wrapper of one.
 *
 * It rejects as `fetch` does, with a `TypeError` or with an error that has a network code such as `ECONNRESET`, if the request
 * failed on the network; that is tried again and becomes a `ConnectionError`. Whatever else it throws reaches the caller as it
 * is, after no further attempt.
 *
 * @example
 * ```js
 * const client = new OpenProspect({ fetch: (url, init) => fetch(url, { ...init, keepalive: true }) });
 * ```
 */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Options of a single call, the last argument of each method. */
export interface CallOptions {
  /** Stops the call at any moment; its promise rejects with the signal's reason. */
  signal?: Signal | undefined;
  /** As the client's option, for this call. */
  timeoutMs?: number | undefined;
  /** As the client's option, for this call. */
  deadlineMs?: number | null | undefined;
  /** As the client's option, for this call. */
  maxRetries?: number | undefined;
  /** Headers for this call, over those of the client. */
  headers?: HeadersInput | undefined;
  /**
   * Sent as `Idempotency-Key` with every attempt. It makes a POST or PATCH one that is sent again after an unclear
   * outcome: give it only to operations that honour it.
   */
  idempotencyKey?: string | undefined;
}

/** Options of `request` and its short forms. */
export interface RequestOptions extends CallOptions {
  /** Query parameters. A list is sent as a repeated parameter, a Date in ISO 8601; `undefined` and `null` are left out. */
  query?: Query | undefined;
  /** The body, sent as JSON. */
  body?: unknown | undefined;
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
  headers: ResponseHeaders;
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
  limit?: number | undefined;
  /**
   * Items to leave out at the beginning.
   *
   * @default 0
   */
  offset?: number | undefined;
}

/** Options of `wait`. */
export interface WaitOptions<T> {
  /** Stops the wait at any moment; its promise rejects with the signal's reason. */
  signal?: Signal | undefined;
  /**
   * The time of the whole wait in milliseconds.
   *
   * @default no deadline: some jobs wait for a person
   */
  deadlineMs?: number | null | undefined;
  /**
   * The first wait between two looks in milliseconds. The waits grow to a minute; a `Retry-After` of the server wins.
   *
   * @default 5000
   */
  pollMs?: number | undefined;
  /** Told of each new status. What it throws changes nothing for the wait. */
  onStatus?: ((status: string, resource: T) => void) | undefined;
}

/** Options of `retryOnConflict`. */
export interface ConflictOptions {
  /**
   * How often to apply at most.
   *
   * @default 3
   */
  maxRounds?: number | undefined;
  /** Stops it at any moment. */
  signal?: Signal | undefined;
}

export interface OpenProspect {
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
