// Invalid arguments of methods reject with a ConfigurationError, without a synchronous throw, before any request.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, serve } from "../helpers/setup.mjs";
import { revoked, throws, withGetter } from "../helpers/hostile.mjs";

const PATH = "/api/v1/orders";
/** @type {{ self?: object }} */
const circular = {};
circular.self = circular;

/** More entries than fit into one request. */
const MANY = Array.from({ length: 10_001 }, () => ({ city: "c" }));

/**
 * @typedef {(client: any) => unknown} Call
 * @typedef {[call: Call, option: string, allowed?: RegExp]} Row the `option` and `allowed` of the error
 */

/** @type {(path: unknown, options?: unknown) => Call} */
const get = (path, options) => (client) => client.get(path, options);
/** @type {(body: unknown) => Call} */
const post = (body) => (client) => client.post(PATH, { body });
/** @param {unknown} value */
const query = (value) => get(PATH, { query: value });
/** @type {(name: string, value: unknown) => Row} */
const withOption = (name, value) => [get(PATH, { [name]: value }), name];

/** Rows, and lists of rows. */
const INVALID = [
  ...[undefined, null, 5, {}, Symbol("path"), withGetter("toString")].map((path) => [get(path), "path", /string/]),
  [
    "",
    "api/v1/orders",
    "//evil.test/x",
    "/\\evil.test",
    "\\x",
    "https://evil.test/x",
    "/a#b",
    "/a b",
    "/a\nb",
    "/a\\b",
    "/a/../b",
    "/a/%2e%2E/b",
    "/./a",
    "?a=b",
  ].map((path) => [get(path), "path", /\/api\/v1\/orders/]),
  ["FETCH", "", undefined, null, 5, {}, "GET ", "CONNECT", Symbol("GET")].map((method) => [
    (client) => client.request(method, PATH),
    "method",
    /PATCH/,
  ]),

  ["", undefined, null, 5, {}, [], Symbol("id")].map((id) => [(client) => client.orders.get(id), "order_id", /./]),
  [".", "..", "%2e%2e", ".%2E"].map((id) => [(client) => client.orders.get(id), "order_id", /id/]),

  [
    circular,
    { n: 1n },
    () => {},
    Symbol("x"),
    { toJSON: throws },
    withGetter("x"),
    revoked(),
    { toJSON: () => undefined },
  ].map((body) => [post(body), "body", /JSON/]),
  [
    [(client) => client.get(PATH, { body: {} }), "body", /GET/],
    [(client) => client.request("HEAD", PATH, { body: 1 }), "body"],
  ],

  [NaN, Infinity, {}, [{}], [[1]], () => {}, Symbol("x"), new Date(NaN), [null]].map((value) => [
    query({ a: value }),
    "query.a",
    /Date/,
  ]),
  [revoked(), revoked([]), new Proxy({}, { getPrototypeOf: throws })].map((value) => [query({ a: value }), "query.a"]),
  [null, "a=b", 5, [], [["a", "b"]], throws].map((value) => [query(value), "query", /object/]),
  [withGetter("a"), revoked(), new Proxy({}, { ownKeys: throws })].map((value) => [query(value), "query"]),
  [
    [(client) => client.orders.list({ limit: {} }), "query.limit"],
    [(client) => client.orders.list("all"), "query"],
  ],

  [{ authorization: "x" }, { Authorization: "x" }].map((headers) => [
    get(PATH, { headers }),
    `headers.${Object.keys(headers)[0]}`,
    /apiKey/,
  ]),
  [
    [get(PATH, { headers: { "x-a": "a\nb" } }), "headers.x-a"],
    [get(PATH, { headers: "x" }), "headers"],
    [get(PATH, { headers: revoked() }), "headers"],
    [get(PATH, { headers: [null] }), "headers"],
  ],

  [
    {},
    "signal",
    5,
    true,
    throws,
    new AbortController(),
    { aborted: false },
    new EventTarget(),
    withGetter("aborted"),
    revoked(),
  ].map((value) => withOption("signal", value)),
  ["", "a\nb", "ü", " k", 5, null, {}].map((value) => withOption("idempotencyKey", value)),
  [-1, 0, NaN, "5", null, Infinity].map((value) => withOption("timeoutMs", value)),
  [-1, 0, NaN, "5", Infinity].map((value) => withOption("deadlineMs", value)),
  [-1, 1.5, NaN, "5", null, 1001].map((value) => withOption("maxRetries", value)),
  ["signal", "timeoutMs", "deadlineMs", "maxRetries", "headers", "idempotencyKey", "query", "body"].map((name) => [
    get(PATH, withGetter(name)),
    name,
  ]),
  [
    [get(PATH, { headers: withGetter("x-a") }), "headers"],
    [post({ deep: [{ deeper: withGetter("x") }] }), "body"],
    [query({ a: [withGetter("toISOString")] }), "query.a"],
  ],

  [null, "x", 5, [], () => {}, Symbol("x"), true, revoked(), new Proxy({}, { ownKeys: throws })].map((options) => [
    get(PATH, options),
    "options",
  ]),
  [null, "x", revoked()].map((options) => [(client) => client.orders.list({}, options), "options"]),
  [null, "x"].map((options) => [(client) => client.auth.validate(options), "options"]),

  ["signal", "deadlineMs", "pollMs", "onStatus"].map((name) => [
    (client) => client.orders.wait("o", withGetter(name)),
    name,
  ]),
  ["maxRounds", "signal"].map((name) => [
    (client) =>
      client.retryOnConflict(
        () => {},
        () => {},
        withGetter(name),
      ),
    name,
  ]),
  ["maxRounds", "signal", "headers"].map((name) => [
    (client) => client.prospectSearches.edit("s", () => ({}), withGetter(name)),
    name,
  ]),
  [null, "x", [], revoked()].map((options) => [
    (client) => client.prospectSearches.edit("s", () => ({}), options),
    "options",
  ]),
  [
    [(client) => client.orders.all(withGetter("offset")).next(), "query"],
    [(client) => client.orders.all(revoked()).next(), "query"],
    [(client) => client.orders.all({}, withGetter("signal")).next(), "signal"],
  ],
  [
    ...["signal", "idempotencyKey"].map((name) => [withGetter(name), name]),
    [null, "options"],
    [revoked(), "options"],
  ].map(([options, name]) => [(client) => client.blacklists.addEntries("b", MANY, options), name]),
  [
    [revoked([]), "entries"],
    [new Proxy(MANY, { get: throws }), "body"],
    [[withGetter("city"), ...MANY], "body"],
  ].map(([entries, name]) => [(client) => client.blacklists.addEntries("b", entries), name]),
  [
    [get(PATH, { timeout: 5 }), "timeout", /timeoutMs/],
    [get(PATH, { apiKey: "lnc_test_x" }), "apiKey", /signal/],
  ],
  [
    [(client) => client.orders.list({}, { query: {} }), "query", /signal/],
    [(client) => client.orders.get("x", { body: {} }), "body", /signal/],
  ],
];
const ROWS = INVALID.flatMap((rows) => /** @type {Row[]} */ (typeof rows[0] === "function" ? [rows] : rows));

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [index, [call, option, allowed = /./]] of ROWS.entries()) {
      test(`${index + 1}: ${option}`, async (t) => {
        const { mock, client } = await serve(t);
        const own = client({}, copy);
        const promise = call(own);
        assert.ok(promise instanceof Promise);
        const error = await rejection(promise);
        assert.equal(error?.name, "ConfigurationError", error?.stack);
        assert.ok(error instanceof copy.ConfigurationError);
        assert.deepEqual([error.kind, error.option], ["configuration", option]);
        assert.match(error.allowed, allowed);
        assert.equal(
          error.message,
          error.given === "nothing"
            ? `${option} is missing; expected ${error.allowed}`
            : `${option}: got ${error.given}; expected ${error.allowed}`,
        );
        assert.equal(mock.requests.length, 0);
        assert.equal((await own.auth.validate()).valid, true);
      });
    }

    test("arguments are read before the call returns", async (t) => {
      const { mock, client } = await serve(t);
      const body = { a: 1 };
      const query = { q: "first" };
      const headers = { "x-a": "first" };
      const promise = client({}, copy).post(PATH, { body, query, headers });
      body.a = 2;
      query.q = headers["x-a"] = "second";
      await promise;
      const [request] = mock.requests;
      assert.deepEqual([request.body, request.query, request.headers["x-a"]], [{ a: 1 }, { q: "first" }, "first"]);
    });
  });
}
