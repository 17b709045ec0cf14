// Requests of other origins, and preflights.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, json, METHODS, ORDERS, PAGE_ORIGIN, serveProxy } from "./setup.mjs";

describe("requests of other origins", () => {
  const ALLOWED = "https://other.example";
  /** @type {Record<string, Record<string, string>>} */
  const allowed = {
    "sec-fetch-site same-origin": { "sec-fetch-site": "same-origin" },
    "sec-fetch-site none": { "sec-fetch-site": "none" },
    "its own origin": { origin: PAGE_ORIGIN },
    "neither header": {},
  };
  // Behind a proxy that terminates TLS or rewrites Host, the request's URL is not that of the browser.
  allowed["sec-fetch-site same-origin, with the public origin"] = {
    "sec-fetch-site": "same-origin",
    origin: "https://public.example",
  };
  const rejected = {
    "sec-fetch-site cross-site": { "sec-fetch-site": "cross-site" },
    "sec-fetch-site same-site": { "sec-fetch-site": "same-site", origin: "https://blog.app.example" },
    "an unknown sec-fetch-site": { "sec-fetch-site": "same-origin, cross-site" },
    "an empty sec-fetch-site": { "sec-fetch-site": "" },
    "cross-site with the own origin": { "sec-fetch-site": "cross-site", origin: PAGE_ORIGIN },
    "another origin": { origin: "https://attacker.example" },
    "a subdomain": { origin: "https://x.app.example" },
    "an origin that begins like the own origin": { origin: "https://app.example.attacker.example" },
    "another port": { origin: "https://app.example:8443" },
    "another scheme": { origin: "http://app.example" },
    "the origin null": { origin: "null" },
    "two origins": { origin: `${PAGE_ORIGIN}, https://attacker.example` },
    "an origin in capitals": { origin: "HTTPS://APP.EXAMPLE" },
  };
  for (const [name, headers] of Object.entries(allowed)) {
    test(`allowed: ${name}`, async (t) => {
      const { requests, call } = await serveProxy(t);
      for (const method of ["GET", "POST"]) {
        const response = await call(ORDERS, { method, headers });
        assert.equal(response.status, 200);
        assert.ok(!("access-control-allow-origin" in response.headers));
      }
      assert.equal(requests.length, 2);
    });
  }
  for (const [name, headers] of Object.entries(rejected)) {
    test(`rejected: ${name}`, async (t) => {
      const calls = [];
      const { requests, call } = await serveProxy(t, { allowedOrigins: [ALLOWED], authorize: () => calls.push(1) > 0 });
      for (const method of [...METHODS, "OPTIONS"]) {
        const response = await call(ORDERS, {
          method,
          headers: { ...headers, "access-control-request-method": "POST" },
        });
        if (method === "HEAD") assert.equal(response.status, 403);
        else assertError(response, 403, "CROSS_ORIGIN_REQUEST");
        assert.ok(!Object.keys(response.headers).some((name) => name.startsWith("access-control-")));
      }
      assert.deepEqual([requests, calls], [[], []]);
    });
  }

  test("a listed origin is allowed, and its pages may read every response", async (t) => {
    const { requests, call } = await serveProxy(
      t,
      { allowedOrigins: [ALLOWED], authorize: ({ headers }) => headers.get("authorization") === "Bearer session" },
      json({ ok: true }, 200, { "access-control-allow-origin": "*", "retry-after": "1" }),
    );
    const origin = { origin: ALLOWED, "sec-fetch-site": "cross-site" };
    /** @type {[init: RequestInit, status: number][]} */
    const cases = [
      [{ headers: { ...origin, authorization: "Bearer session" } }, 200],
      [{ headers: origin }, 401],
      [{ headers: origin, method: "TRACE_" }, 405],
    ];
    for (const [init, status] of cases) {
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

  test("a preflight succeeds for a listed origin only, and does not call authorize", async (t) => {
    const calls = [];
    const { requests, call } = await serveProxy(t, { allowedOrigins: [ALLOWED], authorize: () => calls.push(1) > 0 });
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
    assertError(foreign, 403, "CROSS_ORIGIN_REQUEST");
    assertError(await call("/other", preflight), 404, "NOT_FOUND");
    assertError(await call(ORDERS, { method: "OPTIONS" }), 405, "METHOD_NOT_ALLOWED");
    assert.deepEqual([requests, calls], [[], []]);
  });
});
