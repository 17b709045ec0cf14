// The checks that are run unchanged in every place. Each has servers of its own and a client of its own.

import { equal, match, ok, rejection, thrown } from "./expect.mjs";

const ORDERS = "/api/v1/orders";
/** Names that end at the first class of our own, then those of the platform. */
const FAMILY = ["ApiError", "OpenProspectError"];

/** Is the error of this class, of its ancestors, and does it know its name? */
function isOf({ openprospect, isOpenProspectError }, error, name, kind, family = FAMILY) {
  ok(
    isOpenProspectError(error, kind),
    `${name}: isOpenProspectError(…, ${kind}) is false for ${error?.name}: ${error?.message}`,
  );
  equal([error.name, error.kind], [name, kind], name);
  for (const ancestor of [name, ...family]) ok(error instanceof openprospect[ancestor], `${name} is no ${ancestor}`);
  ok(error instanceof Error, `${name} is no Error`);
  const others = Object.keys(openprospect).filter(
    (other) => other.endsWith("Error") && other !== "isOpenProspectError",
  );
  const classes = others.filter((other) => error instanceof openprospect[other]).sort();
  equal(classes, [name, ...family].sort(), `the classes of ${name}`);
}

/** Frozen, so that no minifier takes it apart: the name of a method that is called once would go. */
const CALLER = Object.freeze({
  async callFromHere(client) {
    return client.get("/api/v1/status/404");
  },
});

export const CHECKS = {
  async "a list is a page, and the key is sent"({ client, seen, key }) {
    const page = await client("list").orders.list({ limit: 2 });
    equal([page.items.length, page.total, page.limit, page.offset, page.has_more], [2, 25, 2, 0, true], "the page");
    const [{ path, query, headers }] = await seen("list");
    equal([path, query.limit, headers.authorization], [ORDERS, "2", `Bearer ${key}`], "the request");
  },

  async "JSON and headers are sent"({ client, seen }) {
    const given = { body: { title: "Größe 株" }, idempotencyKey: "k-1", headers: { "X-Own": "yes" } };
    const { status, data, requestId, attempts } = await client("send").request("POST", ORDERS, given);
    equal([status, data.title, requestId, attempts.length], [201, "Größe 株", "req_000001", 1], "the answer");
    const [{ method, body, headers }] = await seen("send");
    equal(
      [method, body.title, headers["idempotency-key"], headers["x-own"]],
      ["POST", "Größe 株", "k-1", "yes"],
      "the request",
    );
    match(headers["content-type"], /^application\/json/, "the content type");
  },

  async "ids are encoded"({ client, seen, ...rest }) {
    isOf(rest, await rejection(client("encoded").orders.get("ä/../b?c")), "NotFoundError", "not_found");
    const [{ url }] = await seen("encoded");
    ok(url.endsWith(`${ORDERS}/%C3%A4%2F..%2Fb%3Fc`), url);
  },

  async "a large body arrives whole"({ client }) {
    const { items } = await client("large").orders.list({ limit: 100 });
    const told = Array.from({ length: 100 }, (_, n) => [`order-${n}`, `Größe ${n} 株式会社 ${"ü".repeat(10_000)}`]);
    equal(items.map(({ id, message }) => [id, message]).sort(), told.sort(), "the orders");
  },

  async "many calls at once"({ client }) {
    const one = client("together");
    const pages = await Promise.all(Array.from({ length: 64 }, (_, offset) => one.orders.list({ limit: 1, offset })));
    equal(
      pages.map(({ offset }) => offset),
      Array.from({ length: 64 }, (_, offset) => offset),
      "the offsets",
    );
  },

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

  async "403 tells the missing scopes"({ client, ...rest }) {
    const error = await rejection(client("scopes").get(ORDERS));
    isOf(rest, error, "AuthorizationError", "authorization");
    equal(
      [error.requiredScopes, error.userScopes, error.missingScopes],
      [["orders:read", "orders:write"], ["orders:read"], ["orders:write"]],
      "the scopes",
    );
  },

  async "422 tells the fields"({ client, ...rest }) {
    const error = await rejection(client("fields").get(ORDERS));
    isOf(rest, error, "ValidationError", "validation");
    equal(
      error.fields.map(({ field }) => field),
      ["body.title"],
      "the fields",
    );
  },

  async "429 that asks for too long rejects at once"({ client, seen, ...rest }) {
    const error = await rejection(client("limited").get(ORDERS));
    isOf(rest, error, "RateLimitError", "rate_limit");
    equal([error.retryAfterMs, error.stoppedBy, error.retryable], [3_600_000, "retry_after", true], "the advice");
    ok(Math.abs(error.retryAt - Date.now() - 3_600_000) < 60_000, `retryAt is ${error.retryAt}`);
    equal((await seen("limited")).length, 1, "the requests");
  },

  async "no response is a ConnectionError"({ client, place, ...rest }) {
    const error = await rejection(client(place.refusing, { maxRetries: 1 }).get(ORDERS));
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

  async "a silent server is a TimeoutError"({ client, ...rest }) {
    const error = await rejection(client("silent", { timeoutMs: 150, maxRetries: 1 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    equal([error.scope, error.attempts.length], ["attempt", 2], "the fields");
  },

  async "a stalled body is a TimeoutError"({ client, until, ...rest }) {
    // Long enough for the headers, also where a preflight goes ahead and all the other checks begin.
    const error = await rejection(client("stalled", { timeoutMs: 1500, maxRetries: 0 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    await until("stalled", ([request]) => request?.aborted);
  },

  async "the deadline ends a call"({ client, ...rest }) {
    const error = await rejection(client("silent", { deadlineMs: 150 }).get(ORDERS));
    isOf(rest, error, "TimeoutError", "timeout", ["OpenProspectError"]);
    equal([error.scope, error.stoppedBy], ["deadline", "deadline"], "the fields");
  },

  async "a page of a proxy is a DecodeError"({ client, ...rest }) {
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

  async "wrong options and arguments are a ConfigurationError"({ client, OpenProspect, ...rest }) {
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

  async "a live key is refused in a web page only"({ client, place }) {
    const apiKey = "lnc_live_made_up";
    client("list", { apiKey, allowLiveKeyInBrowser: true });
    if (place.page) equal(thrown(() => client("list", { apiKey })).option, "apiKey", "the option");
    else client("list", { apiKey });
  },

  async "failures are retried"({ client, seen }) {
    const { attempts } = await client("retried").request("GET", ORDERS);
    equal(
      attempts.map(({ status, failure, waitReason }) => [status, failure, waitReason]),
      [
        [503, undefined, "backoff"],
        [undefined, "connection", "backoff"],
        [200, undefined, undefined],
      ],
      "the attempts",
    );
    equal((await seen("retried")).length, 3, "the requests");
  },

  async "Retry-After is obeyed"({ client, seen }) {
    const { attempts } = await client("told").request("GET", ORDERS);
    ok(attempts[0].waitMs >= 1000 && attempts[0].waitMs <= 1100, `waited ${attempts[0].waitMs}`);
    equal(attempts[0].waitReason, "retry_after", "the reason");
    const [first, second] = await seen("told");
    ok(second.at - first.at >= 999, `${second.at - first.at} ms between them`);
  },

  async "Retry-After as a date is obeyed"({ client, seen }) {
    await client("dated").get(ORDERS);
    const [first, second] = await seen("dated");
    // HTTP dates have whole seconds: two seconds ahead is more than one.
    ok(second.at - first.at >= 999, `${second.at - first.at} ms between them`);
  },

  async "a POST is not sent twice"({ client, seen }) {
    const error = await rejection(client("posted").orders.create({ briefing_quantity: 25 }));
    equal([error.status, error.mayHaveBeenApplied, error.stoppedBy], [503, true, "unsafe_method"], "the error");
    equal((await seen("posted")).length, 1, "the requests");
  },

  async "a POST that breaks on a kept connection leaves once"({ client, seen }) {
    const one = client("kept");
    await one.get(ORDERS);
    const error = await rejection(one.post(ORDERS, { body: { title: "once" } }));
    equal([error.kind, error.mayHaveBeenApplied, error.attempts.length], ["connection", true, 1], "the error");
    const posts = (await seen("kept")).filter(({ method }) => method === "POST");
    equal(posts[0].body, { title: "once" }, "the body");
    // Chromium and Firefox themselves send again what breaks on a connection that they had, and nothing keeps them from it.
    if (!/Chrome\/|Firefox\//.test(globalThis.navigator?.userAgent)) equal(posts.length, 1, "the requests");
  },

  async "an abort rejects with the signal's own reason"({ client, until, seen }) {
    const reason = { why: "left" };
    equal(
      (await rejection(client("aborted").get(ORDERS, { signal: AbortSignal.abort(reason) }))) === reason,
      true,
      "before",
    );
    equal((await seen("aborted")).length, 0, "the requests");

    const controller = new AbortController();
    const call = rejection(client("aborted").get(ORDERS, { signal: controller.signal }));
    await until("aborted", (requests) => requests.length === 1);
    controller.abort(reason);
    equal((await call) === reason, true, "under way");
    await until("aborted", ([request]) => request.aborted);
  },

  async "an abort ends a wait"({ client, seen }) {
    const controller = new AbortController();
    const onEvent = ({ type }) => type === "retry" && controller.abort();
    const reason = await rejection(
      client("left", { backoff: { baseMs: 5000, maxMs: 5000 }, onEvent }).get(ORDERS, { signal: controller.signal }),
    );
    equal([reason.name, reason === controller.signal.reason], ["AbortError", true], "the reason");
    equal((await seen("left")).length, 1, "the requests");
  },

  async "every item of a list"({ client, seen }) {
    const ids = new Set();
    for await (const { id } of client("pages").orders.all({ limit: 10 })) ids.add(id);
    equal([ids.size, (await seen("pages")).length], [25, 3], "items and requests");
    for await (const item of client("pages").orders.all({ limit: 10 })) if (item) break;
    equal((await seen("pages")).length, 4, "the requests after a break");
  },

  async "the server is asked, and no cache"({ client, seen }) {
    const one = client("fresh");
    await one.get(ORDERS);
    await one.get(ORDERS);
    equal((await seen("fresh")).filter(({ method }) => method === "GET").length, 2, "the requests");
  },

  async "events tell what happens"({ client }) {
    const events = [];
    const onEvent = (event) => {
      events.push(event);
      throw new Error("a handler's own");
    };
    await client("events", { onEvent }).get(ORDERS);
    equal(
      events.map(({ type }) => type),
      ["attempt", "retry", "attempt"],
      "the types",
    );
    equal([events[1].method, events[1].path, events[0].status], ["GET", ORDERS, 503], "the fields");
  },

  async "the key is in nothing that is shown"({ client, key }) {
    const events = [];
    const one = client("key", { onEvent: (event) => events.push(event), maxRetries: 0 });
    const error = await rejection(one.get(ORDERS));
    const texts = [
      String(error),
      error.stack,
      error.rawBody,
      JSON.stringify(error),
      JSON.stringify(events),
      JSON.stringify(one),
      String(one),
    ];
    const found = texts.filter((text) => text?.includes(key));
    equal(found, [], "texts with the key");
    match(error.message, /redacted/, "the message");
  },

  async "nothing is injected, and what throws does no harm"({ client, seen, ...rest }) {
    const one = client("injected");
    const hostile = (name = "signal") =>
      Object.defineProperty({}, name, {
        enumerable: true,
        get() {
          throw new Error("hostile");
        },
      });
    const calls = ["a\nx-evil: 1", "a\r\n\r\nGET /evil HTTP/1.1", "a\0", "é", "\u010A", " a", "a "].flatMap((text) => [
      () => client("injected", { apiKey: text }),
      () => client("injected", { headers: { "x-a": text } }),
      () => client("injected", { apiKey: () => text }).get(ORDERS),
      () => one.get(ORDERS, { headers: { "x-a": text } }),
      () => one.get(ORDERS, { headers: { [text]: "a" } }),
      () => one.post(ORDERS, { body: {}, idempotencyKey: text }),
    ]);
    calls.push(
      () => new rest.OpenProspect(hostile("apiKey")),
      () => one.get(ORDERS, hostile()),
      () => one.get(ORDERS, { query: hostile() }),
      () => one.get(ORDERS, { headers: hostile() }),
      () => one.post(ORDERS, { body: hostile() }),
      () => one.orders.wait("o", hostile()),
      () => one.orders.list(hostile()),
      () => one.orders.list({}, hostile()),
      () => one.get(ORDERS, JSON.parse('{"__proto__":{"polluted":true}}')),
      () => client("injected", JSON.parse('{"__proto__":{"apiKey":"evil"}}')),
    );
    for (const call of calls)
      isOf(rest, await rejection((async () => call())()), "ConfigurationError", "configuration", ["OpenProspectError"]);
    equal([await seen("injected"), {}.polluted], [[], undefined], "what arrived");
    await one.orders.get("a\r\nx-evil: 1").catch(() => {});
    const [{ url }] = (await seen("injected")).filter(({ method }) => method === "GET");
    ok(url.endsWith(`${ORDERS}/a%0D%0Ax-evil%3A%201`), url);
  },

  async "a redirect never carries the key away"({ client, seen, ...rest }) {
    for (const call of [(one) => one.get(ORDERS), (one) => one.post(ORDERS, { body: {}, idempotencyKey: "k" })]) {
      const error = await rejection(call(client("redirect")));
      isOf(rest, error, "ApiError", "api", ["OpenProspectError"]);
      equal(error.code, "UNEXPECTED_REDIRECT", "the code");
    }
    equal(await seen("foreign"), [], "what the other origin saw");
  },

  async "a refused preflight is explained"({ client, place, seen, ...rest }) {
    // Not a path that another server was asked for at the same port a moment ago: WebKit remembers what a preflight allowed.
    const call = client("refused", { maxRetries: 0 }).get(`${ORDERS}/${Math.random()}`);
    if (!place.preflights) {
      await call;
      return;
    }
    const error = await rejection(call);
    isOf(rest, error, "ConnectionError", "connection", ["OpenProspectError"]);
    match(`${error.message} ${error.resolution}`, /CORS/, "the error");
    equal(
      (await seen("refused"))
        .map(({ method, headers }) => [method, headers.authorization])
        .filter(([method, key]) => method !== "OPTIONS" || key),
      [],
      "requests beside preflights",
    );
  },

  async "a stack begins at the caller's line"({ client }) {
    const { stack } = await rejection(CALLER.callFromHere(client("errors")));
    match(stack, /callFromHere/, "the stack");
    // The engine's own head of a stack, which a platform may have changed.
    ok(!/^Error\b/m.test(stack), stack);
  },

  async "a freed client refuses calls"({ client, ...rest }) {
    const one = client("list");
    one.free();
    isOf(rest, await rejection(one.orders.list()), "ConfigurationError", "configuration", ["OpenProspectError"]);
  },
};
