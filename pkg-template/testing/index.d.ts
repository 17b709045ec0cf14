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
  readonly organisation?: string;
  /** Default `"active"`; the others are refused with 401. */
  readonly status?: "active" | "expired" | "revoked";
  /** Whether it may change the guarded fields of a prospect search. Default false: such changes are dropped. */
  readonly admin?: boolean;
  /** The documented limit of its requests in an hour, in place of the mock's `rateLimit`. */
  readonly tier?: RateTier;
  /** A limit of its own, in place of a tier and of the mock's `rateLimit`. */
  readonly rateLimit?: RateLimit;
}

/** A documented rate limit: 100 requests of a key in an hour, or 1,000. */
export type RateTier = "free" | "pro";

/**
 * How many requests each key has in a window, which begins with its first. A request that is refused with 429 does not count.
 * What is left out is that of the tier; without a tier the window is an hour.
 */
export type RateLimit =
  | { readonly limit: number; readonly windowMs?: number; readonly tier?: RateTier }
  | { readonly tier: RateTier; readonly limit?: number; readonly windowMs?: number };

/** Where a 429 of the mock's limits tells how long to wait: in `Retry-After`, in `retry_after` at the top of its body, in both, or not at all. */
export type RetryAdvice = "header" | "body" | "both" | "none";

/** A bucket of tokens for each key, one for each request. It begins full. */
export interface Burst {
  /** How many tokens it gains. */
  readonly perSecond: number;
  /** How many it holds. Default 1. */
  readonly burst?: number;
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
  readonly id?: string;
  readonly organisation?: string;
  readonly [field: string]: unknown;
}

/** Options of `mockOpenProspect`. Any other is a `TypeError`. */
export interface MockOptions {
  /** A whole number. The same seed and options give the same data and ids. Default 1. */
  readonly seed?: number;
  /** The clock, in milliseconds, of `Date` headers, HTTP dates in Retry-After, records, states and limits. Default `Date.now`. */
  readonly now?: () => number;
  /** Keys beside those of `TEST_KEYS`; one of the same name replaces it. */
  readonly keys?: Readonly<Record<string, KeyGrant>>;
  /** Made-up orders for each organisation, or the orders themselves. Default 25. */
  readonly orders?: number | readonly SeedItem[];
  /** Made-up prospect searches for each organisation, or the searches themselves. Default 4. */
  readonly prospectSearches?: number | readonly SeedItem[];
  /** Made-up blacklists for each organisation, or the blacklists themselves. Default 3. */
  readonly blacklists?: number | readonly SeedItem[];
  /** Made-up search profile creations for each organisation, or the creations themselves. Default 0: no list shows them. */
  readonly searchProfiles?: number | readonly SeedItem[];
  /** Made-up companies for each organisation, dealt out to its prospect searches, or the companies themselves. Default 30. */
  readonly companies?: number | readonly SeedItem[];
  /** Made-up prospects for each organisation, dealt out to its companies, or the prospects themselves. Default 45. */
  readonly prospects?: number | readonly SeedItem[];
  /** How long each answer takes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** How long orders and search profiles stay in a state, in milliseconds, by the mock's clock. Default `DURATIONS`; `Infinity` keeps them there. */
  readonly durations?: { readonly [status in PassingStatus]?: number };
  /** The envelope of every refusal, and of faults without a `shape` or `body` of their own. Default `"flat"`. */
  readonly errorShape?: ErrorShape;
  /** The envelope of every list. Default: for each list what its page documents. */
  readonly listShape?: ListShape;
  /** Default: no limit. */
  readonly rateLimit?: RateLimit;
  /** Default: no limit. */
  readonly burst?: Burst;
  /**
   * Whether answers to a key with a limit have the headers `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (in
   * seconds from now), of the limit that is closest to its end. Default false: the vendor speaks of headers and names none.
   */
  readonly rateLimitHeaders?: boolean;
  /** Default `"header"`, with the `errorShape` `"legacy"` `"both"`. A fault's own `retryAfter` is another matter. */
  readonly retryAfter?: RetryAdvice;
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
  readonly method?: string;
  /** How the path begins, or an expression that it fits. */
  readonly path?: string | RegExp;
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
  readonly name?: string;
  /** How many requests it is for. Default 1; `Infinity` lasts until `clear()`. */
  readonly times?: number;
  readonly match?: FaultMatch;
  /** 200 to 599. Default: that of `code`, of `redirect` (302), of Retry-After (429), of `echoKey` (401), of `shape`, or the real answer's. */
  readonly status?: number;
  /** Default: the documented code of the status, for 404 that of the resource. */
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The header: sent as it is, or as the HTTP date that is so many milliseconds ahead of the server's clock. */
  readonly retryAfter?: string | number | { readonly date: number };
  /** The field `retry_after` at the top of the body. */
  readonly retryAfterBody?: number;
  /** Added to the answer, in place of its own; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** How far the server's clock is ahead. */
  readonly clockSkewMs?: number;
  /** The body: a string as it is, anything else as JSON. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[];
  readonly shape?: BodyShape;
  readonly contentType?: string;
  /** The connection is reset. */
  readonly reset?: FaultMoment;
  /** Nothing more comes, until the caller leaves or the server closes. */
  readonly stall?: FaultMoment;
  /** How long the answer takes, in place of the mock's own `latencyMs`. */
  readonly latencyMs?: number;
  /** The error's message and details contain the key that the caller sent. */
  readonly echoKey?: boolean;
  /** Where the answer sends the caller. */
  readonly redirect?: string;
  /** Whether the operation happens before its answer is spoilt. */
  readonly applied?: boolean;
}

/**
 * Decides for each request that reaches it: undefined leaves the request alone. It lasts as many requests as
 * `times` of the first fault that it gives says (default 1).
 */
export type FaultFunction = (request: RecordedRequest) => Fault | number | null | undefined;

/** Where `serve()` listens. */
export interface ServeOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** A loopback address: `127.…`, `::1` or `localhost`. Default `"127.0.0.1"`. */
  readonly host?: string;
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

/** A `fetch`, also for compilers that do not know it. */
export type MockFetch = typeof globalThis extends { fetch: infer Own } ? Own : (url: string, init?: object) => Promise<unknown>;

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
  readonly external_id?: string;
  readonly website_url?: string;
  readonly website?: string;
  readonly company_name?: string;
  readonly name?: string;
  readonly city?: string;
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
