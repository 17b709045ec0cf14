/** The documented OpenProspect API in memory, for the tests of programs that use it. */

declare global {
  interface SymbolConstructor {
    /** Declared here too, for programs compiled with a library older than `esnext.disposable`. */
    readonly asyncDispose: unique symbol;
  }
}

/** A documented scope; others are allowed. */
export type Scope =
  | "orders:read"
  | "orders:write"
  | "companies:read"
  | "prospects:read"
  | "prospect_searches:read"
  | "prospect_searches:write"
  | "blacklists:read"
  | "blacklists:write"
  | "deliveries:write"
  | (string & {});

/** The permissions of a key. */
export interface KeyGrant {
  readonly scopes: readonly Scope[];
  /**
   * The organization whose data the key can access. Default `"org_sample"`, the organization of the keys in
   * `TEST_KEYS`.
   */
  readonly organisation?: string | undefined;
  /** Default `"active"`; the others are rejected with 401. */
  readonly status?: "active" | "expired" | "revoked" | undefined;
  /** Whether the key may change the guarded fields of a prospect search. Default false: such changes are dropped. */
  readonly admin?: boolean | undefined;
  /** The documented limit of its requests per hour, in place of the mock's `rateLimit`. */
  readonly tier?: RateTier | undefined;
  /** A custom limit, in place of a tier and of the mock's `rateLimit`. */
  readonly rateLimit?: RateLimit | undefined;
}

/** A documented rate limit: 100 requests of a key per hour, or 1,000. */
export type RateTier = "free" | "pro";

/**
 * The number of requests of each key in a window, which begins with its first request. A request that is rejected with
 * 429 does not count. Missing fields are those of the tier; without a tier the window is an hour.
 */
export type RateLimit =
  | { readonly limit: number; readonly windowMs?: number | undefined; readonly tier?: RateTier | undefined }
  | { readonly tier: RateTier; readonly limit?: number | undefined; readonly windowMs?: number | undefined };

/**
 * Where a 429 of the mock's limits states how long to wait: in `Retry-After`, in `retry_after` at the top of its body,
 * in both, or not at all.
 */
export type RetryAdvice = "header" | "body" | "both" | "none";

/** A token bucket for each key, with one token for each request. It begins full. */
export interface Burst {
  /** The tokens that it gains each second. */
  readonly perSecond: number;
  /** Its capacity. Default 1. */
  readonly burst?: number | undefined;
}

/** The states that end automatically. */
export type PassingStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "PENDING" | "RUNNING";

/** The states of an order. */
export type OrderStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLED";

/** The states of a search profile's creation. */
export type SearchProfileStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED";

/** The envelope of error responses: the current one (`flat`) or that of an earlier generation. */
export type ErrorShape = "flat" | "extra" | "nested" | "legacy";

/**
 * The envelope of lists: all keys, with the list under `items`; the same under the resource's name; neither `total` nor
 * `has_more`.
 */
export type ListShape = "items" | "named" | "bare";

/** An initial item. A missing `id` is generated; `organisation` names the owner and is not part of the item. */
export interface SeedItem {
  readonly id?: string | undefined;
  readonly organisation?: string | undefined;
  readonly [field: string]: unknown;
}

/** The kinds of items that a mock stores, by the names of its options. */
export type MockKind = "orders" | "prospectSearches" | "blacklists" | "searchProfiles" | "companies" | "prospects";

/** A company to deliver. A missing `id` is generated. */
export interface DeliverySeed {
  readonly id?: string | undefined;
  /** Default: now. Invented, as in {@link MockCompany}. */
  readonly delivered_at?: string | Date | undefined;
  /** Its contacts. */
  readonly prospects?: readonly MockProspect[] | undefined;
  readonly [field: string]: unknown;
}

/**
 * A fake company. Fields that are marked as invented are not documented: the API may have others, or none. Test a
 * program that relies on them with the API.
 */
export interface MockCompany {
  id: string;
  prospect_search_id: string;
  name?: string;
  city?: string;
  country?: string;
  business_type?: string;
  website?: string;
  match_score?: number;
  review_status?: string;
  /** Invented: when it was delivered, in ISO 8601. In the past, unless a test sets it. */
  delivered_at: string;
  [field: string]: unknown;
}

/** A fake contact. Contacts are not documented, so all fields but `id` are invented. */
export interface MockProspect {
  id?: string;
  /** Invented. */
  company_id?: string;
  /** Invented. */
  prospect_search_id?: string;
  /** Invented. */
  first_name?: string;
  /** Invented. */
  last_name?: string;
  /** Invented. */
  job_title?: string;
  /** Invented. */
  email?: string;
  [field: string]: unknown;
}

/**
 * Options of `mockOpenProspect`. An unknown option is a `TypeError`.
 *
 * Also invented are `created_at` and `updated_at` of orders, blacklists and search profiles, and all jobs and
 * technologies of companies.
 */
export interface MockOptions {
  /** An integer. The same seed and options produce the same data and ids. Default 1. */
  readonly seed?: number | undefined;
  /**
   * The clock, in milliseconds, of `Date` headers, HTTP dates in Retry-After, records, states and limits. Default
   * `Date.now`.
   */
  readonly now?: (() => number) | undefined;
  /** Keys in addition to those of `TEST_KEYS`; one of the same name replaces it. */
  readonly keys?: Readonly<Record<string, KeyGrant>> | undefined;
  /** The number of generated orders for each organization, or the orders themselves. Default 25. */
  readonly orders?: number | readonly SeedItem[] | undefined;
  /** The number of generated prospect searches for each organization, or the searches themselves. Default 4. */
  readonly prospectSearches?: number | readonly SeedItem[] | undefined;
  /** The number of generated blacklists for each organization, or the blacklists themselves. Default 3. */
  readonly blacklists?: number | readonly SeedItem[] | undefined;
  /**
   * The number of generated search profile creations for each organization, or the creations themselves. Default 0: no
   * list contains them.
   */
  readonly searchProfiles?: number | readonly SeedItem[] | undefined;
  /**
   * The number of generated companies for each organization, distributed among its prospect searches, or the companies
   * themselves. Default 30.
   */
  readonly companies?: number | readonly SeedItem[] | undefined;
  /**
   * The number of generated prospects for each organization, distributed among its companies, or the prospects
   * themselves. Default 45.
   */
  readonly prospects?: number | readonly SeedItem[] | undefined;
  /** The latency of each response, in milliseconds. Default 0. */
  readonly latencyMs?: number | undefined;
  /**
   * How long orders and search profiles stay in a state, in milliseconds, by the mock's clock. Default `DURATIONS`;
   * `Infinity` keeps them there.
   */
  readonly durations?: { readonly [status in PassingStatus]?: number | undefined } | undefined;
  /** The envelope of every error response, and of faults without a `shape` or `body` of their own. Default `"flat"`. */
  readonly errorShape?: ErrorShape | undefined;
  /** The envelope of every list. Default: for each list the documented one. */
  readonly listShape?: ListShape | undefined;
  /** Default: no limit. */
  readonly rateLimit?: RateLimit | undefined;
  /** Default: no limit. */
  readonly burst?: Burst | undefined;
  /**
   * Whether responses to a key with a limit have the headers `RateLimit-Limit`, `RateLimit-Remaining` and
   * `RateLimit-Reset` (in seconds from now), of the limit that is closest to its end. Default false: the vendor
   * mentions headers and names none.
   */
  readonly rateLimitHeaders?: boolean | undefined;
  /** Default `"header"`, with the `errorShape` `"legacy"` `"both"`. It does not affect a fault's own `retryAfter`. */
  readonly retryAfter?: RetryAdvice | undefined;
}

/** One received request. A browser's preflights are not recorded. */
export interface RecordedRequest {
  /** 1, 2, …; the response's `x-request-id` is derived from it. `clear()` does not reset it. */
  readonly n: number;
  readonly method: string;
  /** The full URL. */
  readonly url: string;
  readonly path: string;
  /** A repeated key has an array. */
  readonly query: Readonly<Record<string, string | string[]>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else the text; undefined without a body. */
  readonly body: unknown;
  /** When it was received, by the mock's clock. */
  readonly at: number;
  /** The name of the fault that was applied to it, if any. */
  readonly fault: string | undefined;
  /** The status that was sent; undefined as long as, or if, there is none. */
  readonly status: number | undefined;
  /** Whether the caller disconnected before the response was complete. */
  readonly aborted: boolean;
}

/** The requests that a fault applies to. */
export interface FaultMatch {
  readonly method?: string | undefined;
  /** A prefix of the path, or an expression that it matches. */
  readonly path?: string | RegExp | undefined;
}

/**
 * The shape of a body:
 * `truncated_json`, `html`, `empty`, `invalid_utf8` and `not_json` are invalid; `nested` is `{error: {code, …}}`,
 * `legacy` is `{error: "CODE", message}`, `extra` is the flat envelope with additional top-level fields, and `fastapi`
 * is `{detail: […]}`.
 */
export type BodyShape =
  | "truncated_json"
  | "html"
  | "empty"
  | "invalid_utf8"
  | "not_json"
  | "nested"
  | "legacy"
  | "extra"
  | "fastapi";

/** Where a connection fails: before the headers, or after half of the body. */
export type FaultMoment = "headers" | "body";

/**
 * A simulated failure. Fields combine, except `reset` with `stall`, and `body`, `shape` and `redirect` with each other.
 * An unknown field is a `TypeError`. With a fault that only delays the response or changes headers, the operation
 * is executed; any other fault changes no state, unless `applied` is true.
 */
export interface Fault {
  /** Its name in records. Default: derived from its fields, such as `"429"` or `"503 reset:body"`. */
  readonly name?: string | undefined;
  /** The number of requests that it applies to. Default 1; `Infinity` lasts until `clear()`. */
  readonly times?: number | undefined;
  readonly match?: FaultMatch | undefined;
  /**
   * 200 to 599. Default: that of `code`, of `redirect` (302), of Retry-After (429), of `echoKey` (401), of `shape`, or
   * the real response's.
   */
  readonly status?: number | undefined;
  /** Default: the documented code of the status, for 404 that of the resource. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The header: sent unchanged, or as an HTTP date that is `date` milliseconds ahead of the server's clock. */
  readonly retryAfter?: string | number | { readonly date: number } | undefined;
  /** The field `retry_after` at the top of the body. */
  readonly retryAfterBody?: number | undefined;
  /** Headers that are added to the response or replace its own; null removes one. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
  /** How far the server's clock is ahead, in milliseconds. */
  readonly clockSkewMs?: number | undefined;
  /** The body: a string unchanged, anything else as JSON. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  readonly shape?: BodyShape | undefined;
  readonly contentType?: string | undefined;
  /** The connection is reset. */
  readonly reset?: FaultMoment | undefined;
  /** The server sends nothing more, until the caller disconnects or the server closes. */
  readonly stall?: FaultMoment | undefined;
  /** The latency of the response in milliseconds, in place of the mock's own `latencyMs`. */
  readonly latencyMs?: number | undefined;
  /** The error's message and details contain the key that the caller sent. */
  readonly echoKey?: boolean | undefined;
  /** The target of a redirect response. */
  readonly redirect?: string | undefined;
  /** Whether the operation is executed before its response is modified. */
  readonly applied?: boolean | undefined;
}

/**
 * Called for each request that reaches it; returns a fault, or undefined for none. It applies to as many requests as
 * the `times` of the first fault that it returns (default 1).
 */
export type FaultFunction = (request: RecordedRequest) => Fault | number | null | undefined;

/** Where `serve()` listens. */
export interface ServeOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** A loopback address: `127.…`, `::1` or `localhost`. Default `"127.0.0.1"`. */
  readonly host?: string | undefined;
}

/** A mock that listens. */
export interface ServedMock {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Closes every connection, including stalled ones. Repeated calls have no further effect. */
  close(): Promise<void>;
  /** `close()`, for `await using`, if the environment has the symbol. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The members of a response, for compilers that do not know it. */
export interface MockResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
  text(): Promise<string>;
}

/** A `fetch`, also for compilers that do not know it. */
export type MockFetch = typeof globalThis extends { fetch: infer Own }
  ? Own
  : (url: string, init?: object) => Promise<MockResponse>;

/** One API in memory, with its own state. */
export interface OpenProspectMock {
  /** A `fetch` that stays in memory and responds for any host. */
  readonly fetch: MockFetch;
  /** The received requests, oldest first: always the same array, which grows. */
  readonly requests: readonly RecordedRequest[];
  /** Queues faults: each request gets the first fault that matches it. A number is a status. */
  fail(...faults: ReadonlyArray<Fault | number | FaultFunction>): void;
  /** Removes the requests and the faults. The items that the API stores remain. */
  clear(): void;
  /** Advances the mock's clock by a number of milliseconds: states advance, rate limits reset. No timer is affected. */
  advance(ms: number): void;
  /**
   * Delivers companies for a prospect search, with the current time as `delivered_at`: a number of generated companies,
   * or the companies themselves. A company with a known id replaces that company, as one that is delivered again. Its
   * `prospects` replace its contacts. An unknown id of a search is a `TypeError`.
   *
   * @returns the companies, without their contacts
   */
  deliver(prospectSearchId: string, companies: number | readonly DeliverySeed[]): MockCompany[];
  /**
   * Adds items: a number of generated ones, or the items themselves, as the options accept them. Passing states begin
   * now.
   *
   * @returns the items as they were added
   */
  add(kind: MockKind, items: number | readonly SeedItem[]): { id: string; [field: string]: unknown }[];
  /** Sets the state of an order, such as `"REJECTED"`, and sets its `message`. An unknown id is a `TypeError`. */
  setStatus(kind: "orders", id: string, status: OrderStatus, message?: string): void;
  /**
   * Sets the state of a search profile's creation, such as `"FAILED"`, and sets its `message`. An unknown id is a
   * `TypeError`.
   */
  setStatus(kind: "searchProfiles", id: string, status: SearchProfileStatus, message?: string): void;
  /** Also serves the mock on a loopback socket. Node only: elsewhere the promise rejects. */
  serve(options?: ServeOptions): Promise<ServedMock>;
}

/** An error code of the mock. */
export interface ErrorRow {
  readonly status: number;
  readonly code: string;
  /** The source: the vendor's current error page, its earlier pages, or neither. */
  readonly documented: "current" | "older" | "none";
  readonly message: string;
  readonly resolution: string;
}

/** Every error code of the mock's responses. */
export const ERRORS: readonly ErrorRow[];

/** An operation that the mock supports. */
export interface MockOperation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `{…}` stands for a parameter. */
  readonly path: string;
  /** A key needs all of them. */
  readonly scopes: readonly Scope[];
}

/** Every operation that the mock supports. */
export const OPERATIONS: readonly MockOperation[];

/** The default durations of the passing states, in milliseconds. The vendor documents no durations. */
export const DURATIONS: { readonly [status in PassingStatus]: number };

/** The fields that identify a company: those of an order's companies, or those of a response. */
export interface CompanySigns {
  readonly external_id?: string | undefined;
  readonly website_url?: string | undefined;
  readonly website?: string | undefined;
  readonly company_name?: string | undefined;
  readonly name?: string | undefined;
  readonly city?: string | undefined;
}

/** The entry that excludes a company, and the fields that match. */
export interface BlacklistMatch<T extends CompanySigns> {
  readonly entry: T;
  readonly by: "external_id" | "website_url" | "company_name+city" | "company_name";
}

/** Returns the first entry that excludes a company: by id, then by the website's domain, by name and city, by name. */
export function matchBlacklist<T extends CompanySigns>(
  company: CompanySigns,
  entries: readonly T[],
): BlacklistMatch<T> | undefined;

/** Fake keys that every mock accepts. */
export const TEST_KEYS: {
  /** Every scope. */
  readonly full: string;
  /** Every scope that reads. */
  readonly read: string;
  /** No scope. */
  readonly none: string;
  /** Rejected with 401. */
  readonly expired: string;
  /** Rejected with 401. */
  readonly revoked: string;
  /** Every scope, in another organization. */
  readonly otherOrg: string;
};

/** Creates a mock of the OpenProspect API. */
export function mockOpenProspect(options?: MockOptions): OpenProspectMock;
