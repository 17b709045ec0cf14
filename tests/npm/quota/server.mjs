// The vendor's server in memory, in virtual time: its limits, its outages and its routes, as a `fetch`.

import { createRandom } from "./clock.mjs";
import { HINTS, QUOTA_HEADERS } from "./hints.mjs";
import { unlimited } from "./limits.mjs";
import { createRoutes, errorBody } from "./routes.mjs";

/** @import { Clock } from "./clock.mjs" */
/** @import { CreateHint, CreateQuotaHeaders, Hint } from "./hints.mjs" */
/** @import { CreateLimit } from "./limits.mjs" */
/** @import { Received, RouteOptions } from "./routes.mjs" */

/**
 * From `from` to `to`, each request gets a 503 or, if `kind` is "refused", no connection.
 *
 * @typedef {{ from: number, to: number, kind: "503" | "refused", hint?: CreateHint }} Outage
 */

/**
 * @typedef {object} OwnOptions
 * @property {CreateLimit} [limit] default: none
 * @property {CreateHint} [hint] of a 429; default `retry_after` in the body
 * @property {CreateQuotaHeaders} [quota] headers of all responses; default none
 * @property {Outage[]} [outages]
 * @property {number} [tripMs] average round trip; default 120 ms
 */

/** @typedef {OwnOptions & RouteOptions} ServerOptions */

/**
 * A request as the server records it. `time` is when the client sent it. `status` is 0 for a refused connection, and
 * undefined until the request arrives.
 *
 * @typedef {{ time: number, method: string, path: string, query: string, status: number | undefined }} RecordedRequest
 */

/** @typedef {{ status: number, headers: Record<string, string>, body: unknown }} Response */

const TRIP_MS = 120;
/** Round trips differ from the average by at most this share. */
const TRIP_VARIATION = 0.2;

/** @param {number} ms */
const date = (ms) => new Date(ms).toUTCString();

function refusedConnection() {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  return new TypeError("fetch failed", { cause });
}

/**
 * The response as `fetch` returns it, without a stream: reading it takes no timer and no thread.
 *
 * @param {Response} response
 */
function fetchResponse({ status, headers, body }) {
  return {
    status,
    headers: { get: (/** @type {string} */ name) => headers[name.toLowerCase()] ?? null },
    text: async () => JSON.stringify(body),
  };
}

/**
 * Creates the function that responds to a request when it arrives. It returns `undefined` if the server refuses the
 * connection.
 *
 * @param {Clock} clock
 * @param {ServerOptions} options
 */
function createResponder(clock, options) {
  const { limit: createLimit = unlimited, hint = HINTS.body, quota = QUOTA_HEADERS.none, outages = [] } = options;
  const { envelope = "flat" } = options;
  const limit = createLimit();
  const route = createRoutes(clock.wall, options);
  const quotaHeaders = () => {
    const state = limit.state(clock.elapsed);
    return Number.isFinite(state.limit) ? quota(state, clock.wall) : {};
  };

  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {Hint} hint
   * @returns {Response}
   */
  const failure = (status, code, message, { headers, retryAfter }) => ({
    status,
    headers: { date: date(clock.wall), ...headers },
    body: errorBody(envelope, code, message, retryAfter),
  });

  /** @param {Received} request @returns {Response | undefined} */
  return (request) => {
    const now = clock.elapsed;
    const outage = outages.find(({ from, to }) => now >= from && now < to);
    if (outage?.kind === "refused") return undefined;
    if (outage !== undefined) {
      const hint = outage.hint ?? HINTS.none;
      return failure(503, "SERVICE_UNAVAILABLE", "Maintenance", hint(outage.to - now, clock.wall));
    }
    const { waitMs } = limit.state(now);
    if (waitMs > 0) {
      const rejection = failure(429, "RATE_LIMIT_EXCEEDED", "Too many requests", hint(waitMs, clock.wall));
      return { ...rejection, headers: { ...rejection.headers, ...quotaHeaders() } };
    }
    limit.take(now);
    const { status, body } = route(request, now);
    return { status, headers: { date: date(clock.wall), ...quotaHeaders() }, body };
  };
}

/**
 * Creates a server. `requests` has all requests, in the order in which the client sent them.
 *
 * @param {Clock} clock
 * @param {ServerOptions} options
 * @param {number} seed
 */
export function createServer(clock, options, seed) {
  const { tripMs = TRIP_MS } = options;
  const random = createRandom(seed);
  const respond = createResponder(clock, options);
  /** @type {RecordedRequest[]} */
  const requests = [];

  /**
   * @param {string} address
   * @param {{ method: string, headers: any, body?: any, signal: AbortSignal }} init
   */
  function fetch(address, { method, headers, body, signal }) {
    const url = new URL(address);
    /** @type {RecordedRequest} */
    const record = { time: clock.elapsed, method, path: url.pathname, query: url.search, status: undefined };
    requests.push(record);
    const trip = Math.round(tripMs * (1 + TRIP_VARIATION * (2 * random() - 1)));
    const idempotencyKey = new Headers(headers).get("idempotency-key") ?? undefined;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      clock.schedule(Math.floor(trip / 2), () => {
        if (signal.aborted) return;
        const received = { method, url, body: body ? JSON.parse(body) : undefined, idempotencyKey };
        const response = respond(received);
        record.status = response?.status ?? 0;
        if (response === undefined) reject(refusedConnection());
        else clock.schedule(Math.ceil(trip / 2), () => resolve(fetchResponse(response)));
      });
    });
  }
  return { fetch, requests };
}
