// The checks of errors: their classes and fields.

import { equal, match, ok, rejection, thrown } from "./expect.mjs";

const ORDERS = "/api/v1/orders";
/** The usual ancestors of an error class in the package. */
const FAMILY = ["ApiError", "OpenProspectError"];

/** Asserts that an error has this class, its ancestors and no other class, and its name and kind. */
export function isOf({ openprospect, isOpenProspectError }, error, name, kind, family = FAMILY) {
  ok(
    isOpenProspectError(error, kind),
    `${name}: isOpenProspectError(…, ${kind}) is false for ${error?.name}: ${error?.message}`,
  );
  equal([error.name, error.kind], [name, kind], name);
  for (const ancestor of [name, ...family])
    ok(error instanceof openprospect[ancestor], `${name} is not a subclass of ${ancestor}`);
  ok(error instanceof Error, `${name} is not a subclass of Error`);
  const others = Object.keys(openprospect).filter(
    (other) => other.endsWith("Error") && other !== "isOpenProspectError",
  );
  const classes = others.filter((other) => error instanceof openprospect[other]).sort();
  equal(classes, [name, ...family].sort(), `the classes of ${name}`);
}

/** @type {Record<string, (tools: import("./run.mjs").Tools) => Promise<void>>} */
export const ERROR_CHECKS = {
  async "each status has its class"({ client, ...rest }) {
    const rows = [
      [400, "BadRequestError", "bad_request"],
      [401, "AuthenticationError", "authentication"],
      [404, "NotFoundError", "not_found"],
      [409, "ConflictError", "conflict"],
      [500, "ServerError", "server"],
      [501, "ServerError", "server"],
      [503, "ServerError", "server"],
    ];
    const one = client("errors", { maxRetries: 0 });
    for (const [status, name, kind] of rows) {
      const path = `/api/v1/status/${status}`;
      const error = await rejection(one.get(path));
      isOf(rest, error, name, kind);
      equal([error.status, error.method, error.path, error.attempts.length], [status, "GET", path, 1], name);
      match(error.requestId, /^req_\d{6}$/, "the request id");
      ok(error.message.startsWith(`GET ${path} → ${status} ${error.code}: `), error.message);
      ok(typeof error.resolution === "string" && error.resolution.length > 10, `${name} has no resolution`);
      const plain = JSON.parse(JSON.stringify(error));
      equal([plain.name, plain.kind, plain.status, plain.message], [name, kind, status, error.message], "toJSON");
    }
  },

  async "another status is an ApiError"({ client, ...rest }) {
    const error = await rejection(client("errors").get("/api/v1/status/418"));
    isOf(rest, error, "ApiError", "api", ["OpenProspectError"]);
    equal([error.status, error.retryable, error.stoppedBy], [418, false, "not_retryable"], "the fields");
  },

  async "403 has the missing scopes"({ client, ...rest }) {
    const error = await rejection(client("scopes").get(ORDERS));
    isOf(rest, error, "AuthorizationError", "authorization");
    equal(
      [error.requiredScopes, error.userScopes, error.missingScopes],
      [["orders:read", "orders:write"], ["orders:read"], ["orders:write"]],
      "the scopes",
    );
  },

  async "422 has the invalid fields"({ client, ...rest }) {
    const error = await rejection(client("fields").get(ORDERS));
    isOf(rest, error, "ValidationError", "validation");
    equal(
      error.fields.map(({ field }) => field),
      ["body.title"],
      "the fields",
    );
  },

  async "429 with a Retry-After above the maximum rejects immediately"({ client, requestsOf, ...rest }) {
    const error = await rejection(client("limited").get(ORDERS));
    isOf(rest, error, "RateLimitError", "rate_limit");
    equal([error.retryAfterMs, error.stoppedBy, error.retryable], [3_600_000, "retry_after", true], "the fields");
    ok(Math.abs(error.retryAt - Date.now() - 3_600_000) < 60_000, `retryAt is ${error.retryAt}`);
    equal((await requestsOf("limited")).length, 1, "the requests");
  },

  async "no response is a ConnectionError"({ client, environment, ...rest }) {
    const error = await rejection(client(environment.refusing, { maxRetries: 1 }).get(ORDERS));
    isOf(rest, error, "ConnectionError", "connection", ["OpenProspectError"]);
    equal([error.attempts.length, error.stoppedBy, "status" in error], [2, "attempts", false], "the fields");
    ok(error.cause instanceof Error, "there is no cause");
  },

  async "a reset is a ConnectionError"({ client, ...rest }) {
    for (const scenario of ["reset", "broken"]) {
      const error = await rejection(client(scenario, { maxRetries: 1 }).get(ORDERS));
      isOf(rest, error, "ConnectionError", "connection", ["OpenProspectError"]);
      equal(error.attempts.length, 2, scenario);
    }
  },

  async "a server without a response is a TimeoutError"({ client, ...rest }) {
    const error = await rejection(client("silent", { timeoutMs: 150, maxRetries: 1 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    equal([error.scope, error.attempts.length], ["attempt", 2], "the fields");
  },

  async "a stalled body is a TimeoutError"({ client, until, ...rest }) {
    // Long enough for the headers, even with a preflight and while all other checks begin.
    const error = await rejection(client("stalled", { timeoutMs: 1500, maxRetries: 0 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    await until("stalled", ([request]) => request?.aborted);
  },

  async "the deadline ends a call"({ client, ...rest }) {
    const error = await rejection(client("silent", { deadlineMs: 150 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    equal([error.scope, error.stoppedBy], ["deadline", "deadline"], "the fields");
  },

  async "an HTML page is a DecodeError"({ client, ...rest }) {
    const error = await rejection(client("html").get(ORDERS));
    isOf(rest, error, "DecodeError", "decode", ["OpenProspectError"]);
    match(error.message, /text\/html/, "the message");
    match(error.rawBody, /<html/i, "the body");
  },

  async "a job that is rejected is a TerminalStatusError"({ client, ...rest }) {
    const states = [];
    const error = await rejection(
      client("rejected").orders.wait("order-1", { pollMs: 100, onStatus: (status) => states.push(status) }),
    );
    isOf(rest, error, "TerminalStatusError", "terminal_status", ["OpenProspectError"]);
    equal([error.status, error.resource.message, states], ["REJECTED", "no such market", ["REJECTED"]], "the fields");
  },

  async "invalid options and arguments are a ConfigurationError"({ client, OpenProspect, ...rest }) {
    const rows = [
      ["nope", () => client("list", { nope: 1 })],
      ["maxRetries", () => client("list", { maxRetries: -1 })],
      ["baseUrl", () => client("http://example.com")],
      ["headers.authorization", () => client("list", { headers: { authorization: "x" } })],
      ["apiKey", () => client("list", { apiKey: "a\nb" })],
    ];
    for (const [option, make] of rows) {
      const error = thrown(make);
      isOf(rest, error, "ConfigurationError", "configuration", ["OpenProspectError"]);
      equal(error.option, option, "the option");
      ok(error.message.includes(error.given) && error.message.includes(error.allowed), error.message);
    }
    /** @type {[option: string, call: (client: any) => Promise<unknown>][]} */
    const calls = [
      ["id", (one) => one.orders.get("")],
      ["path", (one) => one.get("//example.com")],
      ["nope", (one) => one.orders.list({}, { nope: 1 })],
    ];
    for (const [option, call] of calls) {
      const error = await rejection(call(client("list")));
      isOf(rest, error, "ConfigurationError", "configuration", ["OpenProspectError"]);
      ok(error.option.includes(option), `${error.option} instead of ${option}`);
    }
  },
};
