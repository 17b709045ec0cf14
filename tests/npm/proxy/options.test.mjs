// The options of the proxy: valid values, and the errors of invalid ones.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canary, thrown } from "../helpers/setup.mjs";
import { call, commonjs, createProxy, KEY, PASSED_HEADERS } from "./setup.mjs";

const authorize = () => true;

/** The URL that is requested with these options, and the key that is sent. */
async function target(options) {
  let sent;
  const fetch = async (url, { headers }) => {
    sent = { url, authorization: headers.authorization };
    return new Response(null);
  };
  const { status, text } = await call(createProxy({ authorize, fetch, ...options }));
  return sent ?? { status, code: JSON.parse(text).code };
}

describe("an invalid option", () => {
  /** @typedef {[options: any, message: RegExp]} InvalidOptions */
  /** @type {InvalidOptions[]} */
  const INVALID = [
    [undefined, /^createProxy: got undefined; expected an object of options$/],
    ["lnc_test_x", /got a string; expected an object/],
    [{ apiKey: KEY }, /^createProxy: authorize: got undefined; expected a function .* Without it every caller could$/],
    [{ authorize: true }, /^createProxy: authorize: got a boolean; expected a function/],
    [
      { authorize, apiKey: 5 },
      /^createProxy: apiKey: got a number; expected a string of visible ASCII characters, or a function/,
    ],
    [{ authorize, apiKey: "" }, /^createProxy: apiKey: got a string; /],
    [{ authorize, apiKey: null }, /^createProxy: apiKey: got null; /],
    [{ authorize, apiKey: `Bearer ${KEY}` }, /^createProxy: apiKey: got a string; /],
    [{ authorize, apiKey: `${KEY}\n` }, /^createProxy: apiKey: got a string; /],
    [{ authorize, apiKey: `${KEY}é` }, /^createProxy: apiKey: got a string; /],
    [{ authorize, fetch: {} }, /^createProxy: fetch: got an object; expected a function/],
    [{ authorize, onError: "log" }, /^createProxy: onError: got a string; expected a function/],
    ...[0, -1, 1.5, NaN, Infinity, "10", null].map(
      (maxBodyBytes) =>
        /** @type {InvalidOptions} */ ([
          { authorize, maxBodyBytes },
          /^createProxy: maxBodyBytes: got .*; expected a whole number of bytes/,
        ]),
    ),
    ...[0, 2 ** 31, 0.5, NaN, "1", null].map(
      (timeoutMs) =>
        /** @type {InvalidOptions} */ ([
          { authorize, timeoutMs },
          /^createProxy: timeoutMs: got .*; expected a whole number of milliseconds from 1 to 2147483647$/,
        ]),
    ),
    ...[
      "openprospect",
      "//x",
      "/a//b",
      "/..",
      "/a/../b",
      "/a/.",
      "/a?b",
      "/a#b",
      "/a%2e",
      "/a b",
      "/a\\b",
      "/é",
      5,
    ].map(
      (prefix) =>
        /** @type {InvalidOptions} */ ([
          { authorize, prefix },
          /^createProxy: prefix: got .*; expected a path such as/,
        ]),
    ),
    ...[
      "*",
      "https://a.example/",
      ["*"],
      ["null"],
      ["https://a.example/"],
      ["https://A.example"],
      ["https://a.example:443"],
      ["a.example"],
      ["https://*.a.example"],
      ["file://"],
      [5],
    ].map(
      (allowedOrigins) =>
        /** @type {InvalidOptions} */ ([
          { authorize, allowedOrigins },
          /^createProxy: allowedOrigins: got .*; expected a list of origins/,
        ]),
    ),
    ...[
      "http://api.openprospect.io",
      "http://attacker.example",
      "http://localhost.attacker.example",
      "http://127.0.0.1.attacker.example",
      "http://x.localhost",
      "http://[::2]",
      "http://128.0.0.1",
      "http://0.0.0.0",
      "ftp://127.0.0.1",
      "file:///x",
      "javascript:1",
      "/openprospect",
      "api.openprospect.io",
      "https://",
      "https://user@api.example",
      "https://:pass@api.example",
      "https://api.example?x",
      "https://api.example/?",
      "https://api.example#",
      "https://api.example/#x",
      5,
      null,
      new URL("https://api.example"),
    ].map(
      (baseUrl) =>
        /** @type {InvalidOptions} */ ([
          { authorize, baseUrl },
          /^createProxy: baseUrl: got .*; expected an https:\/\/ URL/,
        ]),
    ),
    [{ authorize, apikey: KEY }, /^createProxy: unknown option "apikey"; expected authorize, apiKey, prefix, /],
    [{ authorize, [KEY]: true }, /^createProxy: unknown option; expected /],
    [{ authorize, "x\u001b[31m": true }, /^createProxy: unknown option; expected /],
  ];
  test("is a TypeError that names it, and repeats no value", () => {
    for (const [options, message] of INVALID) {
      let error;
      try {
        createProxy(options);
      } catch (caught) {
        error = caught;
      }
      assert.ok(error instanceof TypeError, `${JSON.stringify(options)}: ${error}`);
      assert.match(error.message, message);
      canary.require("an error of createProxy", error);
    }
  });

  test("members of Object.prototype are not options", async (t) => {
    t.after(() => {
      for (const name of ["authorize", "apiKey", "baseUrl", "headers", "body", "accept"]) delete Object.prototype[name];
    });
    Object.assign(Object.prototype, {
      authorize: () => true,
      apiKey: "lnc_test_planted",
      baseUrl: "https://attacker.example",
    });
    assert.match(thrown(() => Reflect.apply(createProxy, undefined, [{}])).message, /authorize: got undefined/);
    const sent = [];
    const proxy = createProxy({
      authorize,
      apiKey: KEY,
      fetch: async (url, init) => {
        sent.push([url, init.headers.authorization, init.body, init.headers.accept]);
        return /** @type {any} */ ({ status: 200, headers: new Map(), body: null });
      },
    });
    const request = new Request("https://app.example/openprospect/api/v1/orders");
    Object.assign(Object.prototype, { headers: { "x-evil": "1" }, body: "x", accept: "text/html" });
    await proxy(request);
    assert.deepEqual(sent, [["https://api.openprospect.io/api/v1/orders", `Bearer ${KEY}`, undefined, undefined]]);
  });
});

describe("the base URL", () => {
  for (const [baseUrl, url] of [
    ["https://api.example", "https://api.example/api/v1/orders"],
    ["https://api.example:8443/", "https://api.example:8443/api/v1/orders"],
    ["https://api.example/a/b//", "https://api.example/a/b/api/v1/orders"],
    ["HTTPS://API.example", "https://api.example/api/v1/orders"],
    ["http://localhost:1", "http://localhost:1/api/v1/orders"],
    ["http://127.1.2.3", "http://127.1.2.3/api/v1/orders"],
    ["http://[::1]:1/x", "http://[::1]:1/x/api/v1/orders"],
    [undefined, "https://api.openprospect.io/api/v1/orders"],
  ]) {
    test(String(baseUrl), async () => assert.equal((await target({ apiKey: KEY, baseUrl })).url, url));
  }
});

describe("the environment", () => {
  const set = (t, variables) => {
    Object.assign(process.env, variables);
    t.after(() => {
      for (const name of Object.keys(variables)) delete process.env[name];
    });
  };

  test("has the key, read with each request", async (t) => {
    const proxy = createProxy({
      authorize,
      fetch: async (url, { headers }) => new Response(headers.authorization.replace(/_.*/, "_")),
    });
    assert.equal((await call(proxy)).status, 500);
    assert.equal(JSON.parse((await call(proxy)).text).code, "MISSING_API_KEY");
    set(t, { OPENPROSPECT_API_KEY: KEY });
    assert.equal((await call(proxy)).text, "Bearer lnc_");
  });

  test("an option takes precedence, and an empty variable is ignored", async (t) => {
    set(t, { OPENPROSPECT_API_KEY: "lnc_test_other", OPENPROSPECT_BASE_URL: "http://127.0.0.1:1" });
    assert.deepEqual(await target({ apiKey: KEY, baseUrl: "https://api.example" }), {
      url: "https://api.example/api/v1/orders",
      authorization: `Bearer ${KEY}`,
    });
    assert.deepEqual(await target({}), {
      url: "http://127.0.0.1:1/api/v1/orders",
      authorization: "Bearer lnc_test_other",
    });
    set(t, { OPENPROSPECT_API_KEY: "", OPENPROSPECT_BASE_URL: "" });
    assert.deepEqual(await target({}), { status: 500, code: "MISSING_API_KEY" });
    assert.equal((await target({ apiKey: KEY })).url, "https://api.openprospect.io/api/v1/orders");
  });

  test("a base URL that must not receive the key is a TypeError", (t) => {
    set(t, { OPENPROSPECT_BASE_URL: "http://attacker.example" });
    assert.match(
      thrown(() => createProxy({ authorize })).message,
      /^createProxy: OPENPROSPECT_BASE_URL: expected an https:/,
    );
  });

  test("is ignored if it cannot be read", async (t) => {
    const { env } = process;
    t.after(() => {
      process.env = env;
    });
    Object.defineProperty(process, "env", {
      configurable: true,
      writable: true,
      value: new Proxy(
        {},
        {
          get() {
            throw new Error("no");
          },
          getOwnPropertyDescriptor() {
            throw new Error("no");
          },
        },
      ),
    });
    assert.deepEqual(await target({}), { status: 500, code: "MISSING_API_KEY" });
  });
});

test("fetch is the platform's, looked up with each request, and called as a plain function", async (t) => {
  const { fetch } = globalThis;
  t.after(() => {
    globalThis.fetch = fetch;
  });
  const proxy = createProxy({ authorize, apiKey: KEY });
  let receiver;
  globalThis.fetch = async function (...args) {
    receiver = [this, args.length, typeof args[0], Object.getPrototypeOf(args[1]), Object.keys(args[1]).sort()];
    return new Response("mine");
  };
  assert.equal((await call(proxy)).text, "mine");
  assert.deepEqual(receiver, [undefined, 2, "string", null, ["body", "headers", "method", "redirect", "signal"]]);
});

test("require has the same exports", () => {
  assert.deepEqual(Object.keys(commonjs).sort(), ["PASSED_HEADERS", "createProxy", "toNodeHandler"]);
  assert.deepEqual(commonjs.PASSED_HEADERS, PASSED_HEADERS);
  assert.equal(typeof commonjs.toNodeHandler(commonjs.createProxy({ authorize })), "function");
});
