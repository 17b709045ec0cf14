/**
 * A proxy that adds the API key on your server, so that a web page can use the client without a key.
 *
 * It works wherever a handler takes a `Request` and returns a `Response` (Next.js route handlers, Cloudflare Workers,
 * Deno, Bun, Hono), and with `toNodeHandler` in Node's `http` and Express. The page's client needs one option:
 *
 * ```js
 * const client = new OpenProspect({ baseUrl: "/openprospect" });
 * ```
 *
 * @module
 */

/** A `Request`, also for compilers that do not know it. */
export type ProxyRequest = typeof globalThis extends { Request: { prototype: infer Own } } ? Own : WebRequest;

/** A `Response`, also for compilers that do not know it. */
export type ProxyResponse = typeof globalThis extends { Response: { prototype: infer Own } } ? Own : WebResponse;

/** The members of a `Request` that the proxy uses. */
export interface WebRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  clone(): WebRequest;
}

/** The members of a `Response` that the proxy uses. */
export interface WebResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** The options of `createProxy`. An unknown one, or a value of the wrong type or range, is a `TypeError`. */
export interface ProxyOptions {
  /**
   * Decides whether a request may use your API key. It is called before the body is read and before anything is sent to
   * the API, for requests that would otherwise be forwarded. It may be async.
   *
   * - Exactly `true` forwards the request. Check what the user may do, not only their identity: the method and the path
   *   of `request` identify the operation.
   * - A `Response` is sent instead, such as a redirect to a login page.
   * - Anything else is a 401 with the code `UNAUTHORIZED`.
   * - If it throws, the response is a 500 without detail, and nothing is forwarded.
   *
   * Read cookies or the `authorization` header here; neither is forwarded. To read the body, use `request.clone()`.
   */
  readonly authorize: (request: ProxyRequest) => boolean | ProxyResponse | PromiseLike<boolean | ProxyResponse>;
  /**
   * The API key, or a function that is called for each authorized request and returns one. Visible ASCII characters
   * only.
   *
   * Default: the environment variable `OPENPROSPECT_API_KEY`, read with each request. Without a valid key the response
   * is a 500 with the code `MISSING_API_KEY`.
   */
  readonly apiKey?: (string | ((request: ProxyRequest) => string | PromiseLike<string>)) | undefined;
  /**
   * The path that the proxy is mounted at. Only paths that begin with it and `/api/` are forwarded; all others are a
   * 404.
   *
   * Default: `"/openprospect"`. With `"/"` the proxy has a host of its own.
   */
  readonly prefix?: string | undefined;
  /**
   * The URL of the API: https, or http for loopback hosts (`localhost`, `127.0.0.0/8`, `[::1]`). A path is kept.
   *
   * Default: the environment variable `OPENPROSPECT_BASE_URL`, else `https://api.openprospect.io`.
   */
  readonly baseUrl?: string | undefined;
  /** Sends the requests to the API. Default: `globalThis.fetch`, looked up for each request. */
  readonly fetch?: ((url: string, init: ProxyRequestInit) => PromiseLike<ProxyResponse>) | undefined;
  /**
   * Other origins whose pages may use the proxy, such as `"https://app.example.com"`. They get CORS headers that also
   * allow cookies, so list only origins that you trust like your own.
   *
   * Default: none. Requests from pages of other origins, another subdomain included, are a 403 with the code
   * `CROSS_ORIGIN_REQUEST`: where a browser sends `Sec-Fetch-Site` it must be `same-origin` or `none`, and otherwise
   * `Origin` must be that of the request's URL. An `Origin` of `null` is never allowed.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * The largest request body, in bytes. A larger one is a 413 with the code `PAYLOAD_TOO_LARGE`, and nothing of it is
   * sent. Bodies are held in memory until they are complete.
   *
   * Default: 10,485,760 (10 MiB), which is enough for the 10,000 blacklist entries that the API accepts at once.
   */
  readonly maxBodyBytes?: number | undefined;
  /**
   * The longest time from the beginning of the request body to the last byte of the response, in milliseconds. After it
   * the response is a 504 with the code `GATEWAY_TIMEOUT` (408 if the request body was incomplete); a response that has
   * begun is cut off.
   *
   * Default: 30,000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Called with an error that the response does not show: what `authorize`, `apiKey` or `fetch` threw, or why there is
   * no key. Errors that it throws are ignored. Default: none.
   */
  readonly onError?: ((error: unknown, request: ProxyRequest) => void) | undefined;
}

/** The second argument of `fetch`. */
export interface ProxyRequestInit {
  method: string;
  headers: Record<string, string>;
  /** A `Blob`, or undefined if there is no body. */
  body: any;
  redirect: "manual";
  /** An `AbortSignal`: the caller disconnected, or the time is up. */
  signal: any;
}

/** Handles one request. It always resolves with a response. */
export type Proxy = (request: ProxyRequest) => Promise<ProxyResponse>;

/**
 * Creates a handler that forwards requests to the OpenProspect API with your API key.
 *
 * Forwarded are GET, HEAD, POST, PUT, PATCH and DELETE of paths below `prefix + "/api/"`, to the origin of `baseUrl`
 * and nowhere else, with the query unchanged, the headers `accept`, `content-type` and `idempotency-key`, and the body.
 * A path with dot segments, empty segments, control characters, or slashes or backslashes in encoded form is a 404.
 *
 * The response has the API's status and body, and its headers in `PASSED_HEADERS`. It is never cached, and never
 * rendered as a page: the content type is JSON or plain text. If the API repeats the key in a header or a body, it is
 * replaced by `[redacted]`, also where it is percent-encoded or escaped as in JSON; other encodings, such as Base64,
 * are not detected. A redirect of the API is a 502 with the code `UNEXPECTED_REDIRECT`; if the API is unreachable, the
 * response is a 502 with the code `BAD_GATEWAY`.
 *
 * All responses of the proxy itself have the body `{ "code": string, "message": string }`, as the API's have, so that
 * the client turns them into its errors.
 *
 * @example
 * ```js
 * import { createProxy } from "openprospect/proxy";
 *
 * // app/openprospect/[...path]/route.js of a Next.js app
 * const proxy = createProxy({ authorize: async (request) => (await sessionOf(request))?.isMember === true });
 * export { proxy as GET, proxy as POST, proxy as PUT, proxy as PATCH, proxy as DELETE };
 * ```
 *
 * @throws {TypeError} if an option is missing, unknown or invalid
 */
export function createProxy(options: ProxyOptions): Proxy;

/** The options of `toNodeHandler`. */
export interface NodeHandlerOptions {
  /**
   * The origin that browsers see, such as `"https://app.example.com"`, where something in front of this server
   * terminates TLS or changes the `Host` header. `x-forwarded-*` headers are not read, since any caller can send them.
   *
   * Default: `https:` if the connection is encrypted, else `http:`, with the `Host` header.
   */
  readonly origin?: string | undefined;
}

/** The members of Node's `IncomingMessage` that the handler uses. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  on(event: string, listener: (...args: any[]) => void): unknown;
}

/** The members of Node's `ServerResponse` that the handler uses. */
export interface NodeResponse {
  writeHead(status: number): unknown;
  setHeader(name: string, value: string | readonly string[]): unknown;
  write(chunk: any): boolean;
  end(): unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
}

/**
 * Creates a handler for Node's `http` (HTTP/1.1) out of a proxy, also for `app.use` of Express and Connect. Mount it
 * before body parsers. If the caller disconnects, the request to the API is aborted.
 *
 * @example
 * ```js
 * import { createServer } from "node:http";
 * import { createProxy, toNodeHandler } from "openprospect/proxy";
 *
 * createServer(toNodeHandler(createProxy({ authorize }))).listen(3000);
 * ```
 *
 * @throws {TypeError} if `proxy` is not a function, or an option is unknown or invalid
 */
export function toNodeHandler(
  proxy: Proxy,
  options?: NodeHandlerOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void>;

/** The names of the response headers of the API that are passed on, in lower case: those that the client reads. */
export const PASSED_HEADERS: readonly string[];
