// The scenario of each check: the options and the faults of its mock.

/** Each status at its own path, for every request. */
const statuses = (...list) =>
  list.map((status) => ({ status, match: { path: `/api/v1/status/${status}` }, times: Infinity }));

const details = { required_scopes: ["orders:read", "orders:write"], user_scopes: ["orders:read"] };
const invalid = [{ loc: ["body", "title"], msg: "field required", type: "value_error.missing" }];

/** @type {Record<string, { faults?: any[], redirects?: string, preflight?: boolean, [option: string]: any }>} */
export const SCENARIOS = {
  list: {},
  send: {},
  encoded: {},
  large: {
    orders: Array.from({ length: 100 }, (_, n) => ({
      id: `order-${n}`,
      message: `Größe ${n} 株式会社 ${"ü".repeat(10_000)}`,
    })),
  },
  together: { latencyMs: 1 },
  errors: { faults: statuses(400, 401, 404, 409, 418, 500, 501, 503) },
  scopes: { faults: [{ status: 403, details }] },
  fields: { faults: [{ status: 422, body: { detail: invalid } }] },
  limited: { faults: [{ status: 429, retryAfter: "3600" }] },
  redirect: { redirects: "foreign" },
  reset: { faults: [{ reset: "headers", times: Infinity }] },
  broken: { faults: [{ reset: "body", times: Infinity }] },
  silent: { faults: [{ stall: "headers", times: Infinity }] },
  stalled: { faults: [{ stall: "body", times: Infinity }] },
  html: { faults: [{ status: 200, shape: "html" }] },
  rejected: { orders: [{ id: "order-1", status: "REJECTED", message: "no such market" }] },
  // It breaks after the headers: some platforms themselves resend a request if a reused connection breaks before.
  retried: { faults: [503, { reset: "body" }] },
  retryAfter: { faults: [{ status: 429, retryAfter: "1" }] },
  retryAfterDate: { faults: [{ status: 503, retryAfter: { date: 2000 } }] },
  posted: { faults: [503] },
  reused: { faults: [{ reset: "headers", match: { method: "POST" }, times: Infinity }] },
  aborted: { faults: [{ stall: "headers", times: Infinity }] },
  abortedBackoff: { faults: [{ status: 503, times: Infinity }] },
  pages: {},
  fresh: {
    faults: [
      {
        headers: { "cache-control": "max-age=600", "last-modified": "Wed, 21 Oct 2015 07:28:00 GMT" },
        times: Infinity,
      },
    ],
  },
  events: { faults: [503] },
  key: { faults: [{ echoKey: true }, { status: 500, body: "no key" }] },
  preflightRejected: { preflight: false },
  injected: {},
};
