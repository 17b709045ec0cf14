// Who may use the proxy, and what of a request reaches the API.

import assert from "node:assert/strict";
import { request as nodeRequest } from "node:http";
import { describe, test } from "node:test";
import { signpost, until } from "../helpers/setup.mjs";
import { assertInert, assertRefused, json, KEY, ORDERS, serveNode, serveProxy } from "./setup.mjs";

const OWN = "https://app.example";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

describe("authorize", () => {
  for (const verdict of [
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
  ]) {
    test(`${String(typeof verdict)} ${typeof verdict === "symbol" ? "" : JSON.stringify(verdict)} is not true`, async (t) => {
      for (const authorize of [() => verdict, async () => verdict]) {
        const { requests, call } = await serveProxy(t, { authorize });
        assertRefused(await call(), 401, "UNAUTHORIZED");
        assert.deepEqual(requests, []);
      }
    });
  }

  test("true and a promise of true let a request through", async (t) => {
    for (const authorize of [() => true, async () => true]) {
      const { requests, call } = await serveProxy(t, { authorize });
      assert.deepEqual([(await call()).status, requests.length], [200, 1]);
    }
  });

  test("a Response is sent as it is, but never cached", async (t) => {
    const headers = [
      ["location", "/login"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["cache-control", "public, max-age=600"],
    ];
    const { requests, proxy } = await serveProxy(t, { authorize: () => new Response(null, { status: 303, headers }) });
    const response = await proxy(new Request(OWN + ORDERS));
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

  test("an error in it is a 500 that does not say why", async (t) => {
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
      assertRefused(response, 500, "INTERNAL_ERROR");
      assert.doesNotMatch(response.text, /secret/);
      assert.deepEqual([requests, errors.length], [[], 1]);
    }
  });

  test("it is called before the body is read and before anything is sent, with the request as it came", async (t) => {
    const { reach, reached } = signpost();
    const seen = [];
    let reads = 0;
    const { requests, call } = await serveProxy(t, {
      async authorize(request) {
        seen.push([
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
    const answer = call(ORDERS, {
      method: "POST",
      body,
      headers: { cookie: "session=1", authorization: "Bearer session" },
    });
    await until(() => seen.length === 1, "authorize");
    assert.deepEqual([requests, reads], [[], 0]);
    reach();
    assert.equal((await answer).status, 200);
    assert.deepEqual(seen, [["POST", ORDERS, "session=1", "Bearer session", 0]]);
    assert.equal(requests[0].body, "{}");
  });

  test("a refused request's body is never read", async (t) => {
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
    assertRefused(await call(ORDERS, { method: "POST", body }), 401, "UNAUTHORIZED");
    assert.equal(reads, 0);
  });

  test("it may read a clone of the body; the body itself is an error that onError explains", async (t) => {
    const post = { method: "POST", body: '{"a":1}' };
    const cloning = await serveProxy(t, { authorize: async (request) => (await request.clone().json()).a === 1 });
    assert.equal((await cloning.call(ORDERS, post)).status, 200);
    assert.equal(cloning.requests[0].body, post.body);
    const reading = await serveProxy(t, { authorize: async (request) => (await request.json()).a === 1 });
    assertRefused(await reading.call(ORDERS, post), 500, "INTERNAL_ERROR");
    assert.match(reading.errors[0].message, /read request\.clone\(\) instead/);
    assert.deepEqual(reading.requests, []);
  });
});

describe("apiKey", () => {
  test("a function is called for each authorized request, with that request", async (t) => {
    const asked = [];
    const apiKey = async (request) => {
      asked.push(request.headers.get("x-tenant"));
      return `lnc_test_${request.headers.get("x-tenant")}`;
    };
    const { requests, call } = await serveProxy(t, {
      apiKey,
      authorize: ({ headers }) => headers.get("x-tenant") !== "none",
    });
    await Promise.all(["a", "b", "none"].map((tenant) => call(ORDERS, { headers: { "x-tenant": tenant } })));
    assert.deepEqual(asked.sort(), ["a", "b"]);
    assert.deepEqual(requests.map(({ headers }) => headers.authorization).sort(), [
      "Bearer lnc_test_a",
      "Bearer lnc_test_b",
    ]);
  });

  for (const [what, apiKey] of Object.entries({
    nothing: undefined,
    "an empty string": "",
    "a line break": `${KEY}\n`,
    "another header": `${KEY}\r\nx-evil: 1`,
    "a space": "Bearer x",
    "letters beyond ASCII": "lnc_tést",
    "a number": 5,
  })) {
    test(`a function that returns ${what} is a 500, and nothing is sent`, async (t) => {
      const { requests, errors, call } = await serveProxy(t, { apiKey: () => apiKey });
      assertRefused(await call(), 500, "MISSING_API_KEY");
      assert.deepEqual([requests, errors.length], [[], 1]);
    });
  }

  test("a function that throws is a 500 that does not say why", async (t) => {
    const { requests, call } = await serveProxy(t, {
      apiKey: async () => {
        throw new Error("secret");
      },
    });
    const response = await call();
    assertRefused(response, 500, "INTERNAL_ERROR");
    assert.doesNotMatch(response.text, /secret/);
    assert.deepEqual(requests, []);
  });
});

describe("requests of other origins", () => {
  const ALLOWED = "https://other.example";
  const allowed = {
    "sec-fetch-site same-origin": { "sec-fetch-site": "same-origin" },
    "sec-fetch-site none": { "sec-fetch-site": "none" },
    "its own origin": { origin: OWN },
    "neither header": {},
  };
  // Behind a proxy that terminates TLS or rewrites Host, the request's URL is not what the browser sees.
  allowed["same-origin by the browser's word, with the public origin"] = {
    "sec-fetch-site": "same-origin",
    origin: "https://public.example",
  };
  const refused = {
    "sec-fetch-site cross-site": { "sec-fetch-site": "cross-site" },
    "sec-fetch-site same-site": { "sec-fetch-site": "same-site", origin: "https://blog.app.example" },
    "an unknown sec-fetch-site": { "sec-fetch-site": "same-origin, cross-site" },
    "an empty sec-fetch-site": { "sec-fetch-site": "" },
    "cross-site that claims the own origin": { "sec-fetch-site": "cross-site", origin: OWN },
    "another origin": { origin: "https://attacker.example" },
    "a subdomain": { origin: "https://x.app.example" },
    "an origin that begins like its own": { origin: "https://app.example.attacker.example" },
    "another port": { origin: "https://app.example:8443" },
    "another scheme": { origin: "http://app.example" },
    "the origin null": { origin: "null" },
    "two origins": { origin: `${OWN}, https://attacker.example` },
    "an origin in capitals": { origin: "HTTPS://APP.EXAMPLE" },
  };
  for (const [what, headers] of Object.entries(allowed)) {
    test(`let through: ${what}`, async (t) => {
      const { requests, call } = await serveProxy(t);
      for (const method of ["GET", "POST"]) {
        const response = await call(ORDERS, { method, headers });
        assert.equal(response.status, 200);
        assert.ok(!("access-control-allow-origin" in response.headers));
      }
      assert.equal(requests.length, 2);
    });
  }
  for (const [what, headers] of Object.entries(refused)) {
    test(`refused: ${what}`, async (t) => {
      const asked = [];
      const { requests, call } = await serveProxy(t, { allowedOrigins: [ALLOWED], authorize: () => asked.push(1) > 0 });
      for (const method of [...METHODS, "OPTIONS"]) {
        const response = await call(ORDERS, {
          method,
          headers: { ...headers, "access-control-request-method": "POST" },
        });
        if (method === "HEAD") assert.equal(response.status, 403);
        else assertRefused(response, 403, "CROSS_ORIGIN_REQUEST");
        assert.ok(!Object.keys(response.headers).some((name) => name.startsWith("access-control-")));
      }
      assert.deepEqual([requests, asked], [[], []]);
    });
  }

  test("a listed origin is let through, and its pages may read every response", async (t) => {
    const { requests, call } = await serveProxy(
      t,
      { allowedOrigins: [ALLOWED], authorize: ({ headers }) => headers.get("authorization") === "Bearer session" },
      json({ ok: true }, 200, { "access-control-allow-origin": "*", "retry-after": "1" }),
    );
    const origin = { origin: ALLOWED, "sec-fetch-site": "cross-site" };
    for (const [init, status] of [
      [{ headers: { ...origin, authorization: "Bearer session" } }, 200],
      [{ headers: origin }, 401],
      [{ headers: origin, method: "TRACE_" }, 405],
    ]) {
      const { headers, ...response } = await call(ORDERS, init);
      assert.deepEqual(
        [
          response.status,
          headers["access-control-allow-origin"],
          headers["access-control-allow-credentials"],
          headers.vary,
        ],
        [status, ALLOWED, "true", "Origin"],
      );
      assert.match(headers["access-control-expose-headers"], /retry-after.*x-request-id/);
    }
    assert.equal(
      (await call("/openprospect/nothing", { headers: origin })).headers["access-control-allow-origin"],
      ALLOWED,
    );
    assert.deepEqual(
      requests.map(({ headers }) => headers.origin),
      [undefined],
    );
  });

  test("a preflight is answered for a listed origin alone, and asks nobody", async (t) => {
    const asked = [];
    const { requests, call } = await serveProxy(t, { allowedOrigins: [ALLOWED], authorize: () => asked.push(1) > 0 });
    const preflight = {
      method: "OPTIONS",
      headers: {
        origin: ALLOWED,
        "sec-fetch-site": "cross-site",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,content-type",
      },
    };
    const { status, headers, text } = await call(ORDERS, preflight);
    assert.deepEqual(
      [status, text, headers["access-control-allow-origin"], headers["access-control-allow-methods"]],
      [204, "", ALLOWED, METHODS.join(", ")],
    );
    assert.equal(headers["access-control-allow-headers"], "authorization,content-type");
    assert.equal(headers["cache-control"], "private, no-store");
    const foreign = await call(ORDERS, {
      ...preflight,
      headers: { ...preflight.headers, origin: "https://attacker.example" },
    });
    assertRefused(foreign, 403, "CROSS_ORIGIN_REQUEST");
    assertRefused(await call("/other", preflight), 404, "NOT_FOUND");
    assertRefused(await call(ORDERS, { method: "OPTIONS" }), 405, "METHOD_NOT_ALLOWED");
    assert.deepEqual([requests, asked], [[], []]);
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

  test("all others are refused, with those that are allowed", async (t) => {
    const { proxy, requests, call } = await serveProxy(t);
    for (const method of ["OPTIONS", "PROPFIND", "LINK", "get", "PURGE", "X"]) {
      // `Request` writes some in capitals itself.
      if (new Request(OWN, { method }).method !== method) continue;
      const response = await call(ORDERS, { method });
      assertRefused(response, 405, "METHOD_NOT_ALLOWED");
      assert.equal(response.headers.allow, METHODS.join(", "));
    }
    for (const method of ["toString", "__proto__", "constructor", undefined, "TRACE", "CONNECT"]) {
      assert.equal((await proxy({ method, url: OWN + ORDERS, headers: new Headers() })).status, 405, method);
    }
    assert.deepEqual(requests, []);
  });
});

test("of the headers three are forwarded", async (t) => {
  const { requests, call } = await serveProxy(t);
  const passed = { accept: "application/json", "content-type": "application/json", "idempotency-key": "abc" };
  const kept = {
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
    origin: OWN,
    referer: `${OWN}/a`,
    "x-http-method-override": "DELETE",
    "x-custom": "1",
    "if-none-match": '"x"',
    range: "bytes=0-1",
    "accept-encoding": "x-none",
    "x-real-ip": "1.2.3.4",
    "cf-connecting-ip": "1.2.3.4",
  };
  await call(ORDERS, { method: "POST", body: "{}", headers: { ...passed, ...kept } });
  const [{ headers }] = requests;
  assert.deepEqual(Object.fromEntries(Object.keys(passed).map((name) => [name, headers[name]])), passed);
  assert.equal(headers.authorization, `Bearer ${KEY}`);
  for (const [name, value] of Object.entries(kept)) assert.notEqual(headers[name], value, name);
});

describe("the body", () => {
  const chunked = (...sizes) =>
    new ReadableStream({
      pull(controller) {
        if (sizes.length === 0) controller.close();
        else controller.enqueue(new Uint8Array(sizes.shift()).fill(97));
      },
    });

  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    test(`of a ${method} arrives as it was sent`, async (t) => {
      const { requests, call } = await serveProxy(t);
      const body = JSON.stringify({ text: "Größe 株式会社 \u0000 😀".repeat(1000) });
      assert.equal((await call(ORDERS, { method, body, headers: { "content-type": "application/json" } })).status, 200);
      assert.deepEqual(
        requests.map(({ method, body, headers }) => [method, body, headers["content-type"]]),
        [[method, body, "application/json"]],
      );
    });
  }

  test("up to the limit is sent, and not a byte more", async (t) => {
    const { requests, call } = await serveProxy(t, { maxBodyBytes: 100 });
    for (const body of [Buffer.alloc(100, 97), chunked(100), chunked(50, 50), chunked(1, 99)]) {
      assert.equal((await call(ORDERS, { method: "POST", body })).status, 200);
    }
    assert.deepEqual(
      requests.map(({ body }) => body.length),
      [100, 100, 100, 100],
    );
    requests.length = 0;
    for (const body of [Buffer.alloc(101), "ä".repeat(51), chunked(101), chunked(100, 1), chunked(50, 50, 1)]) {
      assertRefused(await call(ORDERS, { method: "POST", body }), 413, "PAYLOAD_TOO_LARGE");
    }
    assert.deepEqual(requests, []);
  });

  test("a content-length is not believed: neither a small one nor a large one", async (t) => {
    const { requests, call } = await serveProxy(t, { maxBodyBytes: 100 });
    assertRefused(
      await call(ORDERS, { method: "POST", body: chunked(60, 60), headers: { "content-length": "5" } }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
    assertRefused(
      await call(ORDERS, { method: "POST", body: chunked(60, 60), headers: { "content-length": "-1" } }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
    let reads = 0;
    const unread = new ReadableStream(
      {
        pull() {
          reads += 1;
        },
      },
      { highWaterMark: 0 },
    );
    assertRefused(
      await call(ORDERS, { method: "POST", body: unread, headers: { "content-length": "101" } }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
    assert.deepEqual([requests, reads], [[], 0]);
  });

  test("over the limit it is not read to its end", async (t) => {
    const { reach, reached } = signpost();
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(40)), cancel: reach });
    const { call } = await serveProxy(t, { maxBodyBytes: 100 });
    assertRefused(await call(ORDERS, { method: "POST", body: endless }), 413, "PAYLOAD_TOO_LARGE");
    await reached;
  });

  test("10,000 blacklist entries fit into the default, 10 MiB and a byte do not", async (t) => {
    const { requests, call } = await serveProxy(t);
    const entries = Array.from({ length: 10_000 }, (_, n) => ({
      external_id: `customer-${n}`,
      name: "n".repeat(200),
      website: `https://customer-${n}.example`,
      domain: `customer-${n}.example`,
    }));
    const body = JSON.stringify({ entries });
    assert.equal((await call(ORDERS, { method: "POST", body })).status, 200);
    assert.equal(requests[0].body, body);
    assert.equal((await call(ORDERS, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024, 97) })).status, 200);
    assertRefused(
      await call(ORDERS, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
  });

  test("over the limit on a real connection, with a length and in chunks", async (t) => {
    const { requests, proxy } = await serveProxy(t, { maxBodyBytes: 100_000 });
    const url = await serveNode(t, proxy);
    for (const headers of [{ "content-length": "300000" }, { "transfer-encoding": "chunked" }]) {
      const { status, text } = await post(url + ORDERS, headers, Buffer.alloc(300_000, 97));
      assert.deepEqual([status, JSON.parse(text).code], [413, "PAYLOAD_TOO_LARGE"]);
    }
    const { status } = await post(url + ORDERS, { "transfer-encoding": "chunked" }, Buffer.alloc(100_000, 97));
    assert.deepEqual([status, requests.map(({ body }) => body.length)], [200, [100_000]]);
  });

  test("one that fails while it is read is sent nowhere", async (t) => {
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(5)),
      pull: (controller) => controller.error(new Error("secret")),
    });
    const { requests, call } = await serveProxy(t);
    const response = await call(ORDERS, { method: "POST", body: broken });
    assertRefused(response, 500, "INTERNAL_ERROR");
    assert.doesNotMatch(response.text, /secret/);
    assert.deepEqual(requests, []);
  });

  test("one that does not arrive in time is a 408", async (t) => {
    const { requests, call } = await serveProxy(t, { timeoutMs: 20 });
    assertRefused(await call(ORDERS, { method: "POST", body: new ReadableStream({}) }), 408, "REQUEST_TIMEOUT");
    assert.deepEqual(requests, []);
  });

  test("there is none with GET and HEAD, whatever a runtime says", async (t) => {
    const sent = [];
    const { proxy } = await serveProxy(t, {
      fetch: async (url, init) => {
        sent.push(init.body);
        return new Response(null);
      },
    });
    for (const method of ["GET", "HEAD"]) {
      const body = new ReadableStream(
        {
          pull() {
            throw new Error("it was read");
          },
        },
        { highWaterMark: 0 },
      );
      assertInert(
        Object.fromEntries((await proxy({ method, url: OWN + ORDERS, headers: new Headers(), body })).headers),
      );
    }
    assert.deepEqual(sent, [undefined, undefined]);
  });
});

/** Posts with Node's own client, which sends what it is told. */
function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = nodeRequest(url, { method: "POST", headers }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
    });
    request.on("error", reject).end(body);
  });
}
