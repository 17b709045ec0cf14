// Faults of a server that is up. With `did` the request is applied nevertheless.

const PAGE = "<!doctype html><title>Bad gateway</title><h1>nginx</h1>";
export const HUGE = JSON.stringify({ code: "INTERNAL", message: "x".repeat(100_000) });
const invalid = {
  code: "VALIDATION_ERROR",
  message: "no",
  details: { validation_errors: [{ field: "name", error: "no", provided: null }] },
};
/** Longer than any timeout of the load. */
const STALL_MS = 20_000;

/**
 * Each gets the exchange: `send` responds, `begin` sends the headers and half of the regular body, `finish` the rest,
 * `reset` resets the connection.
 *
 * @type {{ name: string, weight: number, did?: boolean, answer: (exchange: any) => unknown }[]}
 */
export const FAULTS = [
  { name: "unavailable", weight: 4, answer: ({ send }) => send(503, { code: "UNAVAILABLE", message: "later" }) },
  { name: "unavailable, Retry-After", weight: 2, answer: ({ send }) => send(503, "", { "retry-after": "0.1" }) },
  {
    name: "unavailable, retry_after in the body",
    weight: 1,
    answer: ({ send }) => send(503, { error: "UNAVAILABLE", message: "later", retry_after: 0.1 }),
  },
  {
    name: "unavailable, done",
    weight: 2,
    did: true,
    answer: ({ send }) => send(503, { code: "UNAVAILABLE", message: "later" }),
  },
  {
    name: "limited",
    weight: 1,
    answer: ({ send }) => send(429, { code: "RATE_LIMIT_EXCEEDED", message: "slow down" }, { "retry-after": "0.1" }),
  },
  { name: "gateway page", weight: 1, answer: ({ send }) => send(502, PAGE, { "content-type": "text/html" }) },
  { name: "huge error", weight: 1, answer: ({ send }) => send(500, HUGE) },
  { name: "not implemented", weight: 1, answer: ({ send }) => send(501, { detail: "no" }) },
  { name: "not found", weight: 2, answer: ({ send }) => send(404, { code: "ORDER_NOT_FOUND", message: "no" }) },
  { name: "invalid", weight: 1, answer: ({ send }) => send(422, invalid) },
  {
    name: "forbidden",
    weight: 1,
    answer: ({ send }) =>
      send(403, { code: "AUTHORIZATION_ERROR", message: "no", details: { required_scopes: ["a"], user_scopes: [] } }),
  },
  {
    name: "conflict",
    weight: 2,
    answer: ({ send }) => send(409, { error: { code: "CONFLICT", message: "too late" } }),
  },
  { name: "unauthorized", weight: 2, answer: ({ send }) => send(401, { code: "UNAUTHORIZED", message: "no" }) },
  { name: "redirect", weight: 1, answer: ({ send }) => send(302, "", { location: "/api/v1/elsewhere" }) },
  { name: "reset", weight: 3, answer: ({ reset }) => reset() },
  { name: "reset, done", weight: 3, did: true, answer: ({ reset }) => reset() },
  {
    name: "cut",
    weight: 3,
    did: true,
    answer: async ({ begin, reset }) => {
      await begin();
      reset();
    },
  },
  {
    name: "error, cut",
    weight: 1,
    answer: async ({ begin, reset }) => {
      await begin(500);
      reset();
    },
  },
  { name: "stall", weight: 1, did: true, answer: ({ later, reset }) => later(STALL_MS, reset) },
  {
    name: "stall in the body",
    weight: 1,
    did: true,
    answer: async ({ begin, later, reset }) => {
      await begin();
      later(STALL_MS, reset);
    },
  },
  {
    name: "slow",
    weight: 2,
    did: true,
    answer: async ({ begin, later, finish }) => {
      await begin();
      later(300, finish);
    },
  },
  { name: "truncated", weight: 1, did: true, answer: ({ send, text }) => send(200, text.slice(0, -1) || "{") },
  { name: "page", weight: 1, did: true, answer: ({ send }) => send(200, PAGE, { "content-type": "text/html" }) },
];
