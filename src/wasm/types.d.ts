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

/** What the client needs of `fetch`. */
export type FetchFunction = typeof globalThis extends { fetch: infer Own }
  ? Own
  : (url: string, init: { method: string; headers: Record<string, string>; body?: string; redirect: "manual"; signal: Signal }) => Promise<unknown>;

/** Options of a single call, the last argument of each method. */
export interface CallOptions {
  /** Stops the call at any moment; its promise rejects with the signal's reason. */
  signal?: Signal;
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
  signal?: Signal;
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
  signal?: Signal;
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
