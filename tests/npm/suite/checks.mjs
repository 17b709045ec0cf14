// The checks that run unchanged in every environment. Each has its own server and its own client.

import { ERROR_CHECKS, isOf } from "./error-checks.mjs";
import { equal, match, ok, rejection, thrown } from "./expect.mjs";

const ORDERS = "/api/v1/orders";
/** Frozen, so that minifiers keep the name of a method that is called only once. */
const CALLER = Object.freeze({
  async callFromHere(client) {
    return client.get("/api/v1/status/404");
  },
});

/** @type {Record<string, (tools: import("./run.mjs").Tools) => Promise<void>>} */
export const CHECKS = {
  async "a list is a page, and the key is sent"({ client, requestsOf, key }) {
    const page = await client("list").orders.list({ limit: 2 });
    equal([page.items.length, page.total, page.limit, page.offset, page.has_more], [2, 25, 2, 0, true], "the page");
    const [{ path, query, headers }] = await requestsOf("list");
    equal([path, query.limit, headers.authorization], [ORDERS, "2", `Bearer ${key}`], "the request");
  },

  async "JSON and headers are sent"({ client, requestsOf }) {
    const options = { body: { title: "Größe 株" }, idempotencyKey: "k-1", headers: { "X-Own": "yes" } };
    const { status, data, requestId, attempts } = await client("send").request("POST", ORDERS, options);
    equal([status, data.title, requestId, attempts.length], [201, "Größe 株", "req_000001", 1], "the response");
    const [{ method, body, headers }] = await requestsOf("send");
    equal(
      [method, body.title, headers["idempotency-key"], headers["x-own"]],
      ["POST", "Größe 株", "k-1", "yes"],
      "the request",
    );
    match(headers["content-type"], /^application\/json/, "the content type");
  },

  async "ids are encoded"({ client, requestsOf, ...rest }) {
    isOf(rest, await rejection(client("encoded").orders.get("ä/../b?c")), "NotFoundError", "not_found");
    const [{ url }] = await requestsOf("encoded");
    ok(url.endsWith(`${ORDERS}/%C3%A4%2F..%2Fb%3Fc`), url);
  },

  async "a large body arrives completely"({ client }) {
    const { items } = await client("large").orders.list({ limit: 100 });
    const long = "ü".repeat(10_000);
    const sent = Array.from({ length: 100 }, (_, n) => [`order-${n}`, `Größe ${n} 株式会社 ${long}`]);
    equal(items.map(({ id, message }) => [id, message]).sort(), sent.sort(), "the orders");
  },

  async "many simultaneous calls"({ client }) {
    const one = client("together");
    const pages = await Promise.all(Array.from({ length: 64 }, (_, offset) => one.orders.list({ limit: 1, offset })));
    equal(
      pages.map(({ offset }) => offset),
      Array.from({ length: 64 }, (_, offset) => offset),
      "the offsets",
    );
  },

  ...ERROR_CHECKS,

  async "a live key is rejected in a web page only"({ client, environment }) {
    const apiKey = "lnc_live_made_up";
    client("list", { apiKey, allowLiveKeyInBrowser: true });
    if (environment.page) equal(thrown(() => client("list", { apiKey })).option, "apiKey", "the option");
    else client("list", { apiKey });
  },

  async "failures are retried"({ client, requestsOf }) {
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
    equal((await requestsOf("retried")).length, 3, "the requests");
  },

  async "Retry-After is respected"({ client, requestsOf }) {
    const { attempts } = await client("retryAfter").request("GET", ORDERS);
    ok(attempts[0].waitMs >= 1000 && attempts[0].waitMs <= 1100, `waited ${attempts[0].waitMs}`);
    equal(attempts[0].waitReason, "retry_after", "the reason");
    const [first, second] = await requestsOf("retryAfter");
    ok(second.at - first.at >= 999, `${second.at - first.at} ms between them`);
  },

  async "Retry-After as a date is respected"({ client, requestsOf }) {
    await client("retryAfterDate").get(ORDERS);
    const [first, second] = await requestsOf("retryAfterDate");
    // HTTP dates have whole seconds: two seconds ahead is more than one.
    ok(second.at - first.at >= 999, `${second.at - first.at} ms between them`);
  },

  async "a POST is not sent twice"({ client, requestsOf }) {
    const error = await rejection(client("posted").orders.create({ briefing_quantity: 25 }));
    equal([error.status, error.mayHaveBeenApplied, error.stoppedBy], [503, true, "unsafe_method"], "the error");
    equal((await requestsOf("posted")).length, 1, "the requests");
  },

  async "a POST on a reused connection that breaks is sent once"({ client, requestsOf }) {
    const one = client("reused");
    await one.get(ORDERS);
    const error = await rejection(one.post(ORDERS, { body: { title: "once" } }));
    equal([error.kind, error.mayHaveBeenApplied, error.attempts.length], ["connection", true, 1], "the error");
    const posts = (await requestsOf("reused")).filter(({ method }) => method === "POST");
    equal(posts[0].body, { title: "once" }, "the body");
    // Chromium and Firefox themselves resend a request when a reused connection breaks; a program cannot prevent it.
    if (!/Chrome\/|Firefox\//.test(globalThis.navigator?.userAgent)) equal(posts.length, 1, "the requests");
  },

  async "an abort rejects with the signal's own reason"({ client, until, requestsOf }) {
    const reason = { why: "left" };
    equal(
      (await rejection(client("aborted").get(ORDERS, { signal: AbortSignal.abort(reason) }))) === reason,
      true,
      "before",
    );
    equal((await requestsOf("aborted")).length, 0, "the requests");

    const controller = new AbortController();
    const call = rejection(client("aborted").get(ORDERS, { signal: controller.signal }));
    await until("aborted", (requests) => requests.length === 1);
    controller.abort(reason);
    equal((await call) === reason, true, "in flight");
    await until("aborted", ([request]) => request.aborted);
  },

  async "an abort ends a backoff"({ client, requestsOf }) {
    const controller = new AbortController();
    const onEvent = ({ type }) => type === "retry" && controller.abort();
    const reason = await rejection(
      client("abortedBackoff", { backoff: { baseMs: 5000, maxMs: 5000 }, onEvent }).get(ORDERS, {
        signal: controller.signal,
      }),
    );
    equal([reason.name, reason === controller.signal.reason], ["AbortError", true], "the reason");
    equal((await requestsOf("abortedBackoff")).length, 1, "the requests");
  },

  async "pagination yields every item of a list"({ client, requestsOf }) {
    const ids = new Set();
    for await (const { id } of client("pages").orders.all({ limit: 10 })) ids.add(id);
    equal([ids.size, (await requestsOf("pages")).length], [25, 3], "items and requests");
    for await (const item of client("pages").orders.all({ limit: 10 })) if (item) break;
    equal((await requestsOf("pages")).length, 4, "the requests after a break");
  },

  async "every call requests the server, not a cache"({ client, requestsOf }) {
    const one = client("fresh");
    await one.get(ORDERS);
    await one.get(ORDERS);
    equal((await requestsOf("fresh")).filter(({ method }) => method === "GET").length, 2, "the requests");
  },

  async "events report attempts and retries"({ client }) {
    const events = [];
    const onEvent = (event) => {
      events.push(event);
      throw new Error("an error of the handler");
    };
    await client("events", { onEvent }).get(ORDERS);
    equal(
      events.map(({ type }) => type),
      ["attempt", "retry", "attempt"],
      "the types",
    );
    equal([events[1].method, events[1].path, events[0].status], ["GET", ORDERS, 503], "the fields");
  },

  async "no text of an error, an event or a client has the key"({ client, key }) {
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

  async "header injection and throwing getters are ConfigurationErrors"({ client, requestsOf, ...rest }) {
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
    const { polluted } = /** @type {any} */ ({});
    equal([await requestsOf("injected"), polluted], [[], undefined], "the requests");
    await one.orders.get("a\r\nx-evil: 1").catch(() => {});
    const [{ url }] = (await requestsOf("injected")).filter(({ method }) => method === "GET");
    ok(url.endsWith(`${ORDERS}/a%0D%0Ax-evil%3A%201`), url);
  },

  async "a redirect is not followed"({ client, requestsOf, ...rest }) {
    for (const call of [(one) => one.get(ORDERS), (one) => one.post(ORDERS, { body: {}, idempotencyKey: "k" })]) {
      const error = await rejection(call(client("redirect")));
      isOf(rest, error, "ApiError", "api", ["OpenProspectError"]);
      equal(error.code, "UNEXPECTED_REDIRECT", "the code");
    }
    equal(await requestsOf("foreign"), [], "the requests at the other origin");
  },

  async "a rejected preflight is explained"({ client, environment, requestsOf, ...rest }) {
    // A new path: WebKit caches a preflight, and another server may have had the same port a moment ago.
    const call = client("preflightRejected", { maxRetries: 0 }).get(`${ORDERS}/${Math.random()}`);
    if (!environment.preflights) {
      await call;
      return;
    }
    const error = await rejection(call);
    isOf(rest, error, "ConnectionError", "connection", ["OpenProspectError"]);
    match(`${error.message} ${error.resolution}`, /CORS/, "the error");
    equal(
      (await requestsOf("preflightRejected"))
        .map(({ method, headers }) => [method, headers.authorization])
        .filter(([method, key]) => method !== "OPTIONS" || key),
      [],
      "requests other than preflights",
    );
  },

  async "a stack begins at the caller's line"({ client }) {
    const { stack } = await rejection(CALLER.callFromHere(client("errors")));
    match(stack, /callFromHere/, "the stack");
    // The first line of a stack is the engine's, which a platform may change.
    ok(!/^Error\b/m.test(stack), stack);
  },

  async "a freed client rejects calls"({ client, ...rest }) {
    const one = client("list");
    one.free();
    isOf(rest, await rejection(one.orders.list()), "ConfigurationError", "configuration", ["OpenProspectError"]);
  },
};
