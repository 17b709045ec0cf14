// The error of an invalid option names the option and the expected values.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, thrown } from "../helpers/setup.mjs";
import { revoked, throws, withGetter } from "../helpers/hostile.mjs";

const KEY = "lnc_test_made_up";
const PROXY_URL = "https://proxy.example.test";

/**
 * @param {string} name
 * @param {unknown[]} more
 */
const invalidNumbers = (name, more) => [
  ...["5", NaN, Infinity, -1, true, 5n, Symbol("5"), {}, [], () => 5, ...more].map(
    (value) => /** @type {[object, string]} */ ([{ [name]: value }, name]),
  ),
];

/** @typedef {[options: any, option: string, allowed?: RegExp]} Row the `option` and `allowed` of the error */

/** @type {(options: object, option: string, allowed?: RegExp) => Row} */
const row = (...parts) => parts;

/** @type {Row[]} */
const INVALID = [
  [null, "options", /object/],
  ["lnc_test_x", "options", /object/],
  [[], "options", /object/],
  [7, "options"],
  [true, "options"],
  [() => {}, "options"],
  [Symbol("options"), "options"],

  [{ apikey: KEY }, "apikey", /apiKey/],
  [{ api_key: KEY }, "api_key", /did you mean/],
  [{ timeout: 5 }, "timeout", /timeoutMs/],
  [{ baseURL: "https://x.test" }, "baseURL", /baseUrl/],
  [{ maxRetry: 5 }, "maxRetry", /maxRetries/],
  [{ maxRetrys: 5 }, "maxRetrys", /^maxRetries \(did you mean that\?\); all options: apiKey,/],
  [{ timeoutMS: 5 }, "timeoutMS", /^timeoutMs \(/],
  [{ header: {} }, "header", /^headers \(/],
  [{ zzz: 1 }, "zzz", /^apiKey, baseUrl/],
  [{ zzz: 1 }, "zzz", /apiKey.*allowLiveKeyInBrowser/],
  [{ signal: new AbortController().signal }, "signal"],
  [{ __proto__: null, [Symbol("apiKey")]: 1 }, "a symbol"],

  [{ apiKey: "" }, "apiKey", /visible ASCII/],
  [{ apiKey: "lnc_test_x\n" }, "apiKey", /visible ASCII/],
  [{ apiKey: "lnc_test_x\r\nx-evil: 1" }, "apiKey"],
  [{ apiKey: " lnc_test_x" }, "apiKey"],
  [{ apiKey: "lnc_tést_x" }, "apiKey"],
  [{ apiKey: "Bearer lnc_test_x" }, "apiKey"],
  [{ apiKey: "bearer lnc_test_x" }, "apiKey"],
  [{ apiKey: 5 }, "apiKey", /function/],
  [{ apiKey: null }, "apiKey"],
  [{ apiKey: Promise.resolve(KEY) }, "apiKey"],
  [{}, "apiKey", /OPENPROSPECT_API_KEY/],
  [undefined, "apiKey", /proxy/],
  [{ baseUrl: "https://api.openprospect.io/" }, "apiKey"],
  [{ baseUrl: "https://API.OpenProspect.io:8443/v" }, "apiKey"],

  [{ baseUrl: "http://api.openprospect.io" }, "baseUrl", /https/],
  [{ baseUrl: "http://192.168.0.1" }, "baseUrl", /loopback/],
  [{ baseUrl: "http://127.0.0.1.example.test" }, "baseUrl"],
  [{ baseUrl: "http://localhost.example.test" }, "baseUrl"],
  // Some resolvers query the network for names below localhost.
  ...["http://x.localhost", "http://a.b.localhost:1", "http://localhost."].map((baseUrl) =>
    row({ baseUrl }, "baseUrl", /loopback/),
  ),
  ...["http://127.0../", "http://127..0.", "http://127.0.0.1.."].map((baseUrl) =>
    row({ baseUrl }, "baseUrl", /loopback/),
  ),
  [{ baseUrl: "ftp://x.test" }, "baseUrl"],
  [{ baseUrl: "file:///x" }, "baseUrl"],
  [{ baseUrl: "data:text/plain,x" }, "baseUrl"],
  [{ baseUrl: "javascript:0" }, "baseUrl"],
  [{ baseUrl: "https://user:word@x.test" }, "baseUrl", /credentials/],
  [{ baseUrl: "https://user@x.test" }, "baseUrl"],
  [{ baseUrl: "https://x.test/?a=1" }, "baseUrl", /query/],
  [{ baseUrl: "https://x.test/#a" }, "baseUrl", /fragment/],
  [{ baseUrl: "/api" }, "baseUrl"],
  [{ baseUrl: "api.openprospect.io" }, "baseUrl"],
  [{ baseUrl: "" }, "baseUrl"],
  [{ baseUrl: new URL("https://x.test") }, "baseUrl", /string/],
  [{ baseUrl: null }, "baseUrl"],

  ...invalidNumbers("maxRetries", [null, 1.5, 1001]),
  ...invalidNumbers("maxRetryAfterMs", [null]),
  ...invalidNumbers("timeoutMs", [null, 0, 0.5]),
  ...invalidNumbers("deadlineMs", [0]),
  [{ maxRetries: -1 }, "maxRetries", /whole number from 0 to 1000/],
  [{ deadlineMs: -1 }, "deadlineMs", /null/],
  [{ backoff: 5 }, "backoff", /object/],
  [{ backoff: null }, "backoff"],
  [{ backoff: [] }, "backoff"],
  [{ backoff: { base: 5 } }, "base", /baseMs/],
  [{ backoff: { baseMs: -1 } }, "backoff.baseMs", /milliseconds/],
  [{ backoff: { baseMs: "1" } }, "backoff.baseMs"],
  [{ backoff: { maxMs: NaN } }, "backoff.maxMs"],

  [{ headers: "x" }, "headers"],
  [{ headers: null }, "headers"],
  [{ headers: 5 }, "headers"],
  [{ headers: { authorization: "x" } }, "headers.authorization", /apiKey/],
  [{ headers: { Authorization: "x" } }, "headers.Authorization"],
  [{ headers: new Headers({ authorization: "x" }) }, "headers.authorization"],
  [{ headers: [["AUTHORIZATION", "x"]] }, "headers.AUTHORIZATION"],
  [{ headers: { "x-a": "a\nb" } }, "headers.x-a", /ASCII/],
  [{ headers: { "x-a": "a\0" } }, "headers.x-a"],
  [{ headers: { "x-a": "é" } }, "headers.x-a"],
  [{ headers: { "x-a": " a" } }, "headers.x-a"],
  [{ headers: { "x-a": 5 } }, "headers.x-a", /string/],
  [{ headers: { "x-a": null } }, "headers.x-a"],
  [{ headers: { "x a": "a" } }, "headers.x?a"],
  [{ headers: { "x-a\n": "a" } }, "headers.x-a?"],
  [{ headers: { "": "a" } }, "headers."],
  [{ headers: [null] }, "headers"],
  [{ headers: [7] }, "headers"],
  [{ headers: { "idempotency-key": "k" } }, "headers.idempotency-key", /idempotencyKey/],

  [{ fetch: "fetch" }, "fetch", /function/],
  [{ fetch: null }, "fetch"],
  [{ fetch: {} }, "fetch"],
  [{ onEvent: "log" }, "onEvent", /function/],
  [{ onEvent: null }, "onEvent"],
  [{ allowLiveKeyInBrowser: 1 }, "allowLiveKeyInBrowser", /true or false/],
  [{ allowLiveKeyInBrowser: "yes" }, "allowLiveKeyInBrowser"],
  [{ allowLiveKeyInBrowser: null }, "allowLiveKeyInBrowser"],
];

/** Options that throw when they are read. */
const HOSTILE = [
  ...[
    "apiKey",
    "baseUrl",
    "maxRetries",
    "backoff",
    "maxRetryAfterMs",
    "timeoutMs",
    "deadlineMs",
    "headers",
    "fetch",
    "onEvent",
    "allowLiveKeyInBrowser",
  ].map((name) => [withGetter(name, { apiKey: KEY }), name]),
  [{ apiKey: KEY, backoff: withGetter("baseMs") }, "baseMs"],
  [{ apiKey: KEY, headers: withGetter("x-a") }, "headers"],
  [new Proxy({}, { ownKeys: throws }), "options"],
  [new Proxy({ apiKey: KEY }, { get: throws }), "apiKey"],
  [revoked(), "options"],
  [revoked([]), "options"],
  [{ apiKey: KEY, backoff: revoked() }, "backoff"],
  [{ apiKey: KEY, headers: revoked() }, "headers"],
  [{ apiKey: KEY, headers: { [Symbol.iterator]: throws } }, "headers"],
  [{ apiKey: KEY, headers: { [Symbol.iterator]: () => ({ next: throws }) } }, "headers"],
  [{ apiKey: KEY, headers: [revoked([])] }, "headers"],
];

/**
 * Adds a key, unless the row is about the key.
 *
 * @param {any} options
 */
function complete(options) {
  const plain = typeof options === "object" && options !== null && Object.getPrototypeOf(options) === Object.prototype;
  return plain && !("apiKey" in options) && Object.keys(options).some((name) => name !== "baseUrl")
    ? { apiKey: KEY, ...options }
    : options;
}

/** @param {unknown} value */
const shown = (value) => {
  try {
    return (
      JSON.stringify(value, (_, inner) =>
        typeof inner === "object" || typeof inner === "string" ? inner : String(inner),
      ) ?? String(value)
    );
  } catch {
    return "a hostile value";
  }
};

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [options, option, allowed = /./] of INVALID) {
      test(`${option}: ${shown(options)}`, () => {
        const error = thrown(() => new copy.OpenProspect(complete(options)));
        assert.equal(error.name, "ConfigurationError", error.stack);
        assert.ok(
          error instanceof copy.ConfigurationError &&
            error instanceof copy.OpenProspectError &&
            !(error instanceof copy.ApiError),
        );
        assert.deepEqual([error.kind, error.code, error.option], ["configuration", "CONFIGURATION", option]);
        assert.ok(error.given.length > 0);
        assert.match(error.allowed, allowed);
        assert.equal(
          error.message,
          error.given === "nothing"
            ? `${option} is missing; expected ${error.allowed}`
            : `${option}: got ${error.given}; expected ${error.allowed}`,
        );
      });
    }

    for (const [options, option] of HOSTILE) {
      test(`${option} that throws`, () => {
        const error = thrown(() => new copy.OpenProspect(options));
        assert.equal(error.name, "ConfigurationError", error.stack);
        assert.equal(error.option, option);
        assert.ok(error.cause instanceof Error, "the thrown error is the cause");
      });
    }

    test("a client can still be created", () => {
      assert.ok(new copy.OpenProspect({ apiKey: KEY }));
    });

    const VALID = [
      { apiKey: KEY },
      { apiKey: "k".repeat(500) },
      { apiKey: () => KEY },
      { apiKey: async () => KEY },
      { baseUrl: PROXY_URL },
      { baseUrl: "https://openprospect.io.example.test" },
      { baseUrl: "https://notopenprospect.io" },
      ...["http://localhost", "http://localhost:1", "http://127.0.0.1:1/a/", "http://127.8.8.8", "http://[::1]:1"].map(
        (baseUrl) => ({ baseUrl }),
      ),
      { apiKey: KEY, maxRetries: 0, maxRetryAfterMs: 0, timeoutMs: 1, deadlineMs: 1, backoff: { baseMs: 0, maxMs: 0 } },
      { apiKey: KEY, maxRetries: 1000, deadlineMs: null, backoff: {}, headers: {} },
      {
        apiKey: KEY,
        maxRetries: undefined,
        baseUrl: undefined,
        backoff: undefined,
        headers: undefined,
        fetch: undefined,
        onEvent: undefined,
      },
      Object.assign(Object.create(null), { apiKey: KEY }),
      { apiKey: KEY, headers: new Headers({ "x-a": "b" }) },
      { apiKey: KEY, headers: [["x-a", "b"]] },
      { apiKey: KEY, headers: new Map([["x-a", "b"]]) },
    ];
    for (const options of VALID) {
      test(`valid: ${shown(options)}`, () => {
        assert.ok(new copy.OpenProspect(options) instanceof copy.OpenProspect);
      });
    }
  });
}
