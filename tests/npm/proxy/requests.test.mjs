// Authorization, the API key, and the methods and headers that reach the API.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { signpost, until } from "../helpers/setup.mjs";
import { assertError, KEY, METHODS, ORDERS, PAGE_ORIGIN, serveProxy } from "./setup.mjs";

describe("authorize", () => {
  /** @type {any[]} */
  const decisions = [
    false,
    undefined,
    null,
    0,
    1,
    "true",
    {},
    [],
    "",
    { status: 200 },
    () => true,
    new Boolean(true),
    Symbol("true"),
    { headers: new Headers(), status: 200, body: null },
  ];
  for (const decision of decisions) {
    const text = typeof decision === "symbol" ? "" : JSON.stringify(decision);
    test(`${typeof decision} ${text} is not true`, async (t) => {
      for (const authorize of [() => decision, async () => decision]) {
        const { requests, call } = await serveProxy(t, { authorize });
        assertError(await call(), 401, "UNAUTHORIZED");
        assert.deepEqual(requests, []);
      }
    });
  }

  test("true and a promise of true forward a request", async (t) => {
    for (const authorize of [() => true, async () => true]) {
      const { requests, call } = await serveProxy(t, { authorize });
      assert.deepEqual([(await call()).status, requests.length], [200, 1]);
    }
  });

  test("a Response is sent unchanged, but never cached", async (t) => {
    /** @type {[string, string][]} */
    const headers = [
      ["location", "/login"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["cache-control", "public, max-age=600"],
    ];
    const { requests, proxy } = await serveProxy(t, { authorize: () => new Response(null, { status: 303, headers }) });
    const response = await proxy(new Request(PAGE_ORIGIN + ORDERS));
    assert.deepEqual(
      [response.status, response.headers.get("location"), response.headers.getSetCookie()],
      [303, "/login", ["a=1", "b=2"]],
    );
    assert.equal(response.headers.get("cache-control"), "private, no-store");
    const { status, text } = await (
      await serveProxy(t, { authorize: async () => new Response("no", { status: 418 }) })
    ).call();
    assert.deepEqual([status, text, requests], [418, "no", []]);
  });

  test("an error is a 500 without the reason", async (t) => {
    const failures = [
      () => {
        throw new Error(`secret ${KEY}`);
      },
      async () => {
        throw new Error("secret");
      },
      () => Promise.reject(),
      () => Response.error(),
    ];
    for (const authorize of failures) {
      const { requests, errors, call } = await serveProxy(t, { authorize });
      const response = await call();
      assertError(response, 500, "INTERNAL_ERROR");
      assert.doesNotMatch(response.text, /secret/);
      assert.deepEqual([requests, errors.length], [[], 1]);
    }
  });

  test("it is called with the unchanged request, before the body is read and before anything is sent", async (t) => {
    const { reach, reached } = signpost();
    const calls = [];
    let reads = 0;
    const { requests, call } = await serveProxy(t, {
      async authorize(request) {
        calls.push([
          request.method,
          new URL(request.url).pathname,
          request.headers.get("cookie"),
          request.headers.get("authorization"),
          reads,
        ]);
        await reached;
        return reads === 0;
      },
    });
    const body = new ReadableStream(
      {
        pull(controller) {
          reads += 1;
          controller.enqueue(Buffer.from("{}"));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const pending = call(ORDERS, {
      method: "POST",
      body,
      headers: { cookie: "session=1", authorization: "Bearer session" },
    });
    await until(() => calls.length === 1, "authorize");
    assert.deepEqual([requests, reads], [[], 0]);
    reach();
    assert.equal((await pending).status, 200);
    assert.deepEqual(calls, [["POST", ORDERS, "session=1", "Bearer session", 0]]);
    assert.equal(requests[0].body, "{}");
  });

  test("the body of an unauthorized request is never read", async (t) => {
    let reads = 0;
    const body = new ReadableStream(
      {
        pull() {
          reads += 1;
        },
      },
      { highWaterMark: 0 },
    );
    const { call } = await serveProxy(t, { authorize: () => false });
    assertError(await call(ORDERS, { method: "POST", body }), 401, "UNAUTHORIZED");
    assert.equal(reads, 0);
  });

  test("it may read a clone of the body; reading the body itself is an error that onError explains", async (t) => {
    const post = { method: "POST", body: '{"a":1}' };
    const cloning = await serveProxy(t, { authorize: async (request) => (await request.clone().json()).a === 1 });
    assert.equal((await cloning.call(ORDERS, post)).status, 200);
    assert.equal(cloning.requests[0].body, post.body);
    const reading = await serveProxy(t, { authorize: async (request) => (await request.json()).a === 1 });
    assertError(await reading.call(ORDERS, post), 500, "INTERNAL_ERROR");
    assert.match(reading.errors[0].message, /read request\.clone\(\) instead/);
    assert.deepEqual(reading.requests, []);
  });
});

describe("apiKey", () => {
  test("a function is called for each authorized request, with that request", async (t) => {
    const tenants = [];
    const apiKey = async (request) => {
      tenants.push(request.headers.get("x-tenant"));
      return `lnc_test_${request.headers.get("x-tenant")}`;
    };
    const { requests, call } = await serveProxy(t, {
      apiKey,
      authorize: ({ headers }) => headers.get("x-tenant") !== "none",
    });
    await Promise.all(["a", "b", "none"].map((tenant) => call(ORDERS, { headers: { "x-tenant": tenant } })));
    assert.deepEqual(tenants.sort(), ["a", "b"]);
    assert.deepEqual(requests.map(({ headers }) => headers.authorization).sort(), [
      "Bearer lnc_test_a",
      "Bearer lnc_test_b",
    ]);
  });

  for (const [value, apiKey] of Object.entries({
    nothing: undefined,
    "an empty string": "",
    "a line break": `${KEY}\n`,
    "another header": `${KEY}\r\nx-evil: 1`,
    "a space": "Bearer x",
    "letters beyond ASCII": "lnc_tést",
    "a number": 5,
  })) {
    test(`a function that returns ${value} is a 500, and nothing is sent`, async (t) => {
      const { requests, errors, call } = await serveProxy(t, { apiKey: () => /** @type {string} */ (apiKey) });
      assertError(await call(), 500, "MISSING_API_KEY");
      assert.deepEqual([requests, errors.length], [[], 1]);
    });
  }

  test("a function that throws is a 500 without the reason", async (t) => {
    const { requests, call } = await serveProxy(t, {
      apiKey: async () => {
        throw new Error("secret");
      },
    });
    const response = await call();
    assertError(response, 500, "INTERNAL_ERROR");
    assert.doesNotMatch(response.text, /secret/);
    assert.deepEqual(requests, []);
  });
});

describe("methods", () => {
  test("six are forwarded", async (t) => {
    const { requests, call } = await serveProxy(t);
    for (const method of METHODS) assert.equal((await call(ORDERS, { method })).status, 200);
    assert.deepEqual(
      requests.map(({ method }) => method),
      METHODS,
    );
  });

  test("all others are rejected, with the allowed methods", async (t) => {
    const { proxy, requests, call } = await serveProxy(t);
    for (const method of ["OPTIONS", "PROPFIND", "LINK", "get", "PURGE", "X"]) {
      // `Request` converts some to upper case.
      if (new Request(PAGE_ORIGIN, { method }).method !== method) continue;
      const response = await call(ORDERS, { method });
      assertError(response, 405, "METHOD_NOT_ALLOWED");
      assert.equal(response.headers.allow, METHODS.join(", "));
    }
    for (const method of ["toString", "__proto__", "constructor", undefined, "TRACE", "CONNECT"]) {
      assert.equal(
        (await proxy(/** @type {any} */ ({ method, url: PAGE_ORIGIN + ORDERS, headers: new Headers() }))).status,
        405,
        method,
      );
    }
    assert.deepEqual(requests, []);
  });
});

test("three headers are forwarded", async (t) => {
  const { requests, call } = await serveProxy(t);
  const passed = { accept: "application/json", "content-type": "application/json", "idempotency-key": "abc" };
  const dropped = {
    authorization: "Bearer session",
    cookie: "session=1",
    host: "attacker.example",
    "x-forwarded-for": "1.2.3.4",
    "x-forwarded-host": "attacker.example",
    "x-forwarded-proto": "https",
    forwarded: "for=1.2.3.4",
    via: "1.1 x",
    te: "trailers",
    "proxy-authorization": "Basic x",
    "proxy-connection": "close",
    "x-api-key": "k",
    origin: PAGE_ORIGIN,
    referer: `${PAGE_ORIGIN}/a`,
    "x-http-method-override": "DELETE",
    "x-custom": "1",
    "if-none-match": '"x"',
    range: "bytes=0-1",
    "accept-encoding": "x-none",
    "x-real-ip": "1.2.3.4",
    "cf-connecting-ip": "1.2.3.4",
  };
  await call(ORDERS, { method: "POST", body: "{}", headers: { ...passed, ...dropped } });
  const [{ headers }] = requests;
  assert.deepEqual(Object.fromEntries(Object.keys(passed).map((name) => [name, headers[name]])), passed);
  assert.equal(headers.authorization, `Bearer ${KEY}`);
  for (const [name, value] of Object.entries(dropped)) assert.notEqual(headers[name], value, name);
});
