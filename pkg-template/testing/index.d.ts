/** The documented OpenProspect API in memory, for the tests of programs that use it. */

declare global {
  interface SymbolConstructor {
    /** Named here too, for programs compiled with a library older than `esnext.disposable`. */
    readonly asyncDispose: unique symbol;
  }
}

/** A scope that the documentation names; others are allowed. */
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

/** What a key may do. */
export interface KeyGrant {
  readonly scopes: readonly Scope[];
  /** Whose data the key sees. Default `"org_sample"`, the organisation of the keys in `TEST_KEYS`. */
  readonly organisation?: string | undefined;
  /** Default `"active"`; the others are refused with 401. */
  readonly status?: "active" | "expired" | "revoked" | undefined;
  /** Whether it may change the guarded fields of a prospect search. Default false: such changes are dropped. */
  readonly admin?: boolean | undefined;
  /** The documented limit of its requests in an hour, in place of the mock's `rateLimit`. */
  readonly tier?: RateTier | undefined;
  /** A limit of its own, in place of a tier and of the mock's `rateLimit`. */
  readonly rateLimit?: RateLimit | undefined;
}

/** A documented rate limit: 100 requests of a key in an hour, or 1,000. */
export type RateTier = "free" | "pro";

/**
 * How many requests each key has in a window, which begins with its first. A request that is refused with 429 does not count.
 * What is left out is that of the tier; without a tier the window is an hour.
 */
export type RateLimit =
  | { readonly limit: number; readonly windowMs?: number | undefined; readonly tier?: RateTier | undefined }
  | { readonly tier: RateTier; readonly limit?: number | undefined; readonly windowMs?: number | undefined };

/** Where a 429 of the mock's limits tells how long to wait: in `Retry-After`, in `retry_after` at the top of its body, in both, or not at all. */
export type RetryAdvice = "header" | "body" | "both" | "none";

/** A bucket of tokens for each key, one for each request. It begins full. */
export interface Burst {
  /** How many tokens it gains. */
  readonly perSecond: number;
  /** How many it holds. Default 1. */
  readonly burst?: number | undefined;
}

/** The states that end by themselves. */
export type PassingStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "PENDING" | "RUNNING";

/** The states of an order. */
export type OrderStatus = "RECEIVED" | "ACCEPTED" | "IN_PROGRESS" | "COMPLETED" | "REJECTED" | "FAILED" | "CANCELLED";

/** The states of a search profile's creation. */
export type SearchProfileStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED";

/** What refusals look like: the present envelope (`flat`) or that of an earlier generation. */
export type ErrorShape = "flat" | "extra" | "nested" | "legacy";

/** What lists look like: all keys, with the list under `items`; the same under the resource's name; neither `total` nor `has_more`. */
export type ListShape = "items" | "named" | "bare";

/** An item to begin with. A missing `id` is made up; `organisation` names the owner and is not part of the item. */
export interface SeedItem {
  readonly id?: string | undefined;
  readonly organisation?: string | undefined;
  readonly [field: string]: unknown;
}

/** What a mock stores, by the names of its options. */
export type MockKind = "orders" | "prospectSearches" | "blacklists" | "searchProfiles" | "companies" | "prospects";

/** A company to deliver. A missing `id` is made up. */
export interface DeliverySeed {
  readonly id?: string | undefined;
  /** Default: now. Invented, as in {@link MockCompany}. */
  readonly delivered_at?: string | Date | undefined;
  /** Its contacts. */
  readonly prospects?: readonly MockProspect[] | undefined;
  readonly [field: string]: unknown;
}

/**
 * A made-up company. Fields that are marked as invented are in no documentation: the API may have others, or none. A program that
 * relies on them has to be tried on the API.
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
  /** Invented: when it was delivered, in ISO 8601. In the past, unless a test says otherwise. */
  delivered_at: string;
  [field: string]: unknown;
}

/** A made-up contact: no documentation shows one, so that all but `id` is invented. */
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
 * Options of `mockOpenProspect`. Any other is a `TypeError`.
 *
 * Also invented are `created_at` and `updated_at` of orders, blacklists and search profiles, and all of the jobs and technologies
 * of companies.
 */
export interface MockOptions {
  /** A whole number. The same seed and options give the same data and ids. Default 1. */
  readonly seed?: number | undefined;
  /** The clock, in milliseconds, of `Date` headers, HTTP dates in Retry-After, records, states and limits. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Keys beside those of `TEST_KEYS`; one of the same name replaces it. */
  readonly keys?: Readonly<Record<string, KeyGrant>> | undefined;
  /** Made-up orders for each organisation, or the orders themselves. Default 25. */
  readonly orders?: number | readonly SeedItem[] | undefined;
  /** Made-up prospect searches for each organisation, or the searches themselves. Default 4. */
  readonly prospectSearches?: number | readonly SeedItem[] | undefined;
  /** Made-up blacklists for each organisation, or the blacklists themselves. Default 3. */
  readonly blacklists?: number | readonly SeedItem[] | undefined;
  /** Made-up search profile creations for each organisation, or the creations themselves. Default 0: no list shows them. */
  readonly searchProfiles?: number | readonly SeedItem[] | undefined;
  /** Made-up companies for each organisation, dealt out to its prospect searches, or the companies themselves. Default 30. */
  readonly companies?: number | readonly SeedItem[] | undefined;
  /** Made-up prospects for each organisation, dealt out to its companies, or the prospects themselves. Default 45. */
  readonly prospects?: number | readonly SeedItem[] | undefined;
  /** How long each answer takes, in milliseconds. Default 0. */
  readonly latencyMs?: number | undefined;
  /** How long orders and search profiles stay in a state, in milliseconds, by the mock's clock. Default `DURATIONS`; `Infinity` keeps them there. */
  readonly durations?: { readonly [status in PassingStatus]?: number | undefined } | undefined;
  /** The envelope of every refusal, and of faults without a `shape` or `body` of their own. Default `"flat"`. */
  readonly errorShape?: ErrorShape | undefined;
  /** The envelope of every list. Default: for each list what its page documents. */
  readonly listShape?: ListShape | undefined;
  /** Default: no limit. */
  readonly rateLimit?: RateLimit | undefined;
  /** Default: no limit. */
  readonly burst?: Burst | undefined;
  /**
   * Whether answers to a key with a limit have the headers `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (in
   * seconds from now), of the limit that is closest to its end. Default false: the vendor speaks of headers and names none.
   */
  readonly rateLimitHeaders?: boolean | undefined;
  /** Default `"header"`, with the `errorShape` `"legacy"` `"both"`. A fault's own `retryAfter` is another matter. */
  readonly retryAfter?: RetryAdvice | undefined;
}

/** One request that arrived. A browser's preflights are not among them. */
export interface RecordedRequest {
  /** 1, 2, …; the answer's `x-request-id` is made from it. `clear()` does not begin anew. */
  readonly n: number;
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  readonly path: string;
  /** A key that is given more than once has an array. */
  readonly query: Readonly<Record<string, string | string[]>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else the text; undefined without a body. */
  readonly body: unknown;
  /** When it arrived, by the mock's clock. */
  readonly at: number;
  /** The name of the fault it met, if any. */
  readonly fault: string | undefined;
  /** The status that was sent; undefined while, or if, there is none. */
  readonly status: number | undefined;
  /** The caller went away before its answer was complete. */
  readonly aborted: boolean;
}

/** Which requests a fault is for. */
export interface FaultMatch {
  readonly method?: string | undefined;
  /** How the path begins, or an expression that it fits. */
  readonly path?: string | RegExp | undefined;
}

/**
 * What a body looks like:
 * `truncated_json`, `html`, `empty`, `invalid_utf8` and `not_json` are broken; `nested` is `{error: {code, …}}`,
 * `legacy` is `{error: "CODE", message}`, `extra` is the flat envelope with more fields at its top, and `fastapi` is `{detail: […]}`.
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
 * Something that goes wrong. Fields combine, except `reset` with `stall`, and `body`, `shape` and `redirect` with each other.
 * An unknown field is a `TypeError`. A fault that only delays or changes headers leaves the operation to happen;
 * any other leaves all state as it was, unless `applied` is true.
 */
export interface Fault {
  /** Its name in records; otherwise one is made from its fields, such as `"429"` or `"503 reset:body"`. */
  readonly name?: string | undefined;
  /** How many requests it is for. Default 1; `Infinity` lasts until `clear()`. */
  readonly times?: number | undefined;
  readonly match?: FaultMatch | undefined;
  /** 200 to 599. Default: that of `code`, of `redirect` (302), of Retry-After (429), of `echoKey` (401), of `shape`, or the real answer's. */
  readonly status?: number | undefined;
  /** Default: the documented code of the status, for 404 that of the resource. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The header: sent as it is, or as the HTTP date that is so many milliseconds ahead of the server's clock. */
  readonly retryAfter?: string | number | { readonly date: number } | undefined;
  /** The field `retry_after` at the top of the body. */
  readonly retryAfterBody?: number | undefined;
  /** Added to the answer, in place of its own; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
  /** How far the server's clock is ahead. */
  readonly clockSkewMs?: number | undefined;
  /** The body: a string as it is, anything else as JSON. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  readonly shape?: BodyShape | undefined;
  readonly contentType?: string | undefined;
  /** The connection is reset. */
  readonly reset?: FaultMoment | undefined;
  /** Nothing more comes, until the caller leaves or the server closes. */
  readonly stall?: FaultMoment | undefined;
  /** How long the answer takes, in place of the mock's own `latencyMs`. */
  readonly latencyMs?: number | undefined;
  /** The error's message and details contain the key that the caller sent. */
  readonly echoKey?: boolean | undefined;
  /** Where the answer sends the caller. */
  readonly redirect?: string | undefined;
  /** Whether the operation happens before its answer is spoilt. */
  readonly applied?: boolean | undefined;
}

/**
 * Decides for each request that reaches it: undefined leaves the request alone. It lasts as many requests as
 * `times` of the first fault that it gives says (default 1).
 */
export type FaultFunction = (request: RecordedRequest) => Fault | number | null | undefined;

/** Where `serve()` listens. */
export interface ServeOptions {
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
  /** A loopback address: `127.…`, `::1` or `localhost`. Default `"127.0.0.1"`. */
  readonly host?: string | undefined;
}

/** A mock that listens. */
export interface ServedMock {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection, silent ones too. Any number of calls does the same. */
  close(): Promise<void>;
  /** `close()`, for `await using`, where the environment has the symbol. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a response has, for compilers that do not know it. */
export interface MockResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
  text(): Promise<string>;
}

/** A `fetch`, also for compilers that do not know it. */
export type MockFetch = typeof globalThis extends { fetch: infer Own } ? Own : (url: string, init?: object) => Promise<MockResponse>;

/** One API in memory, with its own state. */
export interface OpenProspectMock {
  /** A `fetch` that stays in memory and answers at any host. */
  readonly fetch: MockFetch;
  /** What arrived, oldest first: one array, which fills up. */
  readonly requests: readonly RecordedRequest[];
  /** Queues faults: each request meets the first that fits it. A number is a status. */
  fail(...faults: ReadonlyArray<Fault | number | FaultFunction>): void;
  /** Forgets the requests and the faults. What the API stores stays. */
  clear(): void;
  /** Skips so many milliseconds of the mock's clock: states move on, rate limits begin anew. No timer is affected. */
  advance(ms: number): void;
  /**
   * Delivers companies for a prospect search, with the present time as `delivered_at`: so many made-up ones, or the companies
   * themselves. One with the id of another takes its place, as a company that is delivered again. What it has as `prospects`
   * are its contacts from then on. An unknown id of a search is a `TypeError`.
   *
   * @returns the companies, without their contacts
   */
  deliver(prospectSearchId: string, companies: number | readonly DeliverySeed[]): MockCompany[];
  /**
   * Adds items: so many made-up ones, or the items themselves, as the options take them. Passing states begin now.
   *
   * @returns the items as they were added
   */
  add(kind: MockKind, items: number | readonly SeedItem[]): { id: string; [field: string]: unknown }[];
  /** Puts an order into a state, such as `"REJECTED"`, and sets its `message`. An unknown id is a `TypeError`. */
  setStatus(kind: "orders", id: string, status: OrderStatus, message?: string): void;
  /** Puts the creation of a search profile into a state, such as `"FAILED"`, and sets its `message`. An unknown id is a `TypeError`. */
  setStatus(kind: "searchProfiles", id: string, status: SearchProfileStatus, message?: string): void;
  /** Answers on a loopback socket as well. Node only: elsewhere it rejects. */
  serve(options?: ServeOptions): Promise<ServedMock>;
}

/** A code that the mock knows. */
export interface ErrorRow {
  readonly status: number;
  readonly code: string;
  /** On the vendor's present error page, on its earlier pages, or on neither. */
  readonly documented: "current" | "older" | "none";
  readonly message: string;
  readonly resolution: string;
}

/** Every code that the mock answers with. */
export const ERRORS: readonly ErrorRow[];

/** An operation that the mock knows. */
export interface MockOperation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `{…}` stands for a parameter. */
  readonly path: string;
  /** A key needs them all. */
  readonly scopes: readonly Scope[];
}

/** Every operation that the mock knows. */
export const OPERATIONS: readonly MockOperation[];

/** How long the passing states last if the options do not say so, in milliseconds. The vendor names no durations. */
export const DURATIONS: { readonly [status in PassingStatus]: number };

/** What a company is recognised by: the fields of an order's companies, or those of an answer. */
export interface CompanySigns {
  readonly external_id?: string | undefined;
  readonly website_url?: string | undefined;
  readonly website?: string | undefined;
  readonly company_name?: string | undefined;
  readonly name?: string | undefined;
  readonly city?: string | undefined;
}

/** The entry that bars a company, and what they agree in. */
export interface BlacklistMatch<T extends CompanySigns> {
  readonly entry: T;
  readonly by: "external_id" | "website_url" | "company_name+city" | "company_name";
}

/** The first entry that bars a company: by id, then by the website's domain, by name and city, by name. */
export function matchBlacklist<T extends CompanySigns>(company: CompanySigns, entries: readonly T[]): BlacklistMatch<T> | undefined;

/** Made-up keys that every mock knows. */
export const TEST_KEYS: {
  /** Every scope. */
  readonly full: string;
  /** Every scope that reads. */
  readonly read: string;
  /** No scope. */
  readonly none: string;
  /** Refused with 401. */
  readonly expired: string;
  /** Refused with 401. */
  readonly revoked: string;
  /** Every scope, in another organisation. */
  readonly otherOrg: string;
};

/** Makes a mock of the OpenProspect API. */
export function mockOpenProspect(options?: MockOptions): OpenProspectMock;
