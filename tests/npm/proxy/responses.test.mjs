// The parts of the API's responses that reach a browser.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, esm, rejection } from "../helpers/setup.mjs";
import { assertError, assertInert, json, KEY, ORDERS, PASSED_HEADERS, serveApi, serveProxy } from "./setup.mjs";

describe("headers", () => {
  test("those that the client reads are passed on, and no others", async (t) => {
    const passed = Object.fromEntries(PASSED_HEADERS.map((name, at) => [name, `value-${at}`]));
    passed["content-type"] = "application/json";
    const dropped = {
      "set-cookie": ["session=stolen; Path=/", "b=2"],
      location: "https://attacker.example/",
      refresh: "0; url=https://attacker.example",
      link: "<https://attacker.example>; rel=preload",
      "access-control-allow-origin": "*",
      "access-control-allow-credentials": "true",
      "cache-control": "public, max-age=31536000",
      etag: '"x"',
      expires: "Thu, 01 Jan 2099 00:00:00 GMT",
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      vary: "*",
      "content-security-policy": "default-src *",
      "x-content-type-options": "no",
      "clear-site-data": '"*"',
      "www-authenticate": "Basic realm=x",
      "strict-transport-security": "max-age=1",
      "service-worker-allowed": "/",
      "content-disposition": "attachment; filename=x.html",
      server: "internal-17",
      via: "1.1 internal",
      "x-powered-by": "x",
      "x-internal-host": "10.0.0.1",
      sourcemap: "/x",
      "content-language": "de",
      age: "5",
      "alt-svc": 'h3=":443"',
      "proxy-authenticate": "Basic",
    };
    const { call } = await serveProxy(t, {}, json({ ok: true }, 200, { ...passed, ...dropped }));
    const { headers } = await call();
    const inert = [
      "cache-control",
      "content-security-policy",
      "cross-origin-resource-policy",
      "x-content-type-options",
    ];
    assert.deepEqual(Object.keys(headers).sort(), [...PASSED_HEADERS, ...inert].sort());
    for (const [name, value] of Object.entries(passed)) assert.equal(headers[name], value, name);
    assertInert(headers);
  });

  test("the list contains every header that the client reads", async () => {
    const read = new Set();
    const responses = [];
    const fetch = async () => {
      const { status, headers = {}, body = "{}" } = responses.shift();
      const response = new Response(body, { status, headers });
      const { headers: own } = response;
      Object.defineProperty(response, "headers", {
        value: new Proxy(own, {
          get: (_, name) =>
            name === "get"
              ? (header) => {
                  read.add(header.toLowerCase());
                  return own.get(header);
                }
              : own[name],
        }),
      });
      return response;
    };
    // Only one header of each group is present, so that the client reads the others.
    const pairs = PASSED_HEADERS.filter((name) => name.endsWith("remaining")).map((name) => ({
      status: 429,
      headers: { [name]: "5", "retry-after": "0" },
    }));
    const outcomes = [
      ...pairs,
      { status: 429, headers: { "retry-after": "0", date: "x" } },
      { status: 200, body: "not JSON" },
      { status: 200 },
      { status: 404 },
    ];
    for (const outcome of outcomes) {
      responses.push(outcome);
      const client = new esm.OpenProspect({
        apiKey: KEY,
        baseUrl: "https://api.test",
        fetch,
        maxRetries: 0,
        onEvent() {},
      });
      await client.request("GET", ORDERS).catch(() => {});
    }
    // The proxy sends no compressed responses and no redirects.
    for (const name of ["content-encoding", "content-length", "location"]) read.delete(name);
    assert.ok(read.size >= 12, [...read].join());
    assert.deepEqual(
      [...read].filter((name) => !PASSED_HEADERS.includes(name)),
      [],
    );
    assert.ok(Object.isFrozen(PASSED_HEADERS));
    assert.deepEqual(
      PASSED_HEADERS.filter((name) => name !== name.toLowerCase()),
      [],
    );
  });

  test("statuses are passed on, and bodies where a status has one", async (t) => {
    for (const status of [200, 201, 202, 204, 205, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503, 599]) {
      const { call } = await serveProxy(t, {}, json({ code: "X" }, status));
      const response = await call();
      assert.deepEqual(
        [response.status, response.text],
        [status, status === 204 || status === 205 ? "" : '{"code":"X"}'],
      );
      assertInert(response.headers);
    }
  });

  test("a compressed response is forwarded as text, without its encoding and length", async (t) => {
    const { gzipSync } = await import("node:zlib");
    const zipped = gzipSync('{"ok":true}');
    const { call } = await serveProxy(t, {}, (response) =>
      response
        .writeHead(200, {
          "content-type": "application/json",
          "content-encoding": "gzip",
          "content-length": zipped.length,
        })
        .end(zipped),
    );
    const { headers, body } = await call();
    assert.deepEqual(
      [body, headers["content-encoding"], headers["content-length"]],
      [{ ok: true }, undefined, undefined],
    );
  });
});

describe("a client without a key behind the proxy", () => {
  for (const [format, { OpenProspect }] of COPIES) {
    /** @type {[name: string, options: import("./setup.mjs").TestOptions, respond?: import("./setup.mjs").Respond][]} */
    const cases = [
      ["authorize rejects the caller", { authorize: () => false }],
      [
        "authorize responds with 401",
        { authorize: () => new Response('{"code":"SIGN_IN","message":"Sign in."}', { status: 401 }) },
      ],
      ["the API rejects the proxy's key", {}, json({ code: "UNAUTHORIZED", message: "Invalid API key" }, 401)],
    ];
    for (const [name, options, respond] of cases) {
      test(`${format}: gets advice about the proxy, not about apiKey: ${name}`, async (t) => {
        const { proxy } = await serveProxy(t, options, respond);
        const fetch = (url, init) => proxy(new Request(url, { ...init, redirect: "follow" }));
        const client = new OpenProspect({ baseUrl: "https://app.example/openprospect", fetch });
        const error = await rejection(client.orders.list());
        if (error.status === 401)
          assert.match(error.resolution, /^This client has no API key: .* the proxy's `authorize` and its key\.$/);
        assert.doesNotMatch(error.resolution ?? "", /apiKey/);
      });
    }

    test(`${format}: with a key gets advice about the key`, async () => {
      const fetch = async () => Response.json({ code: "UNAUTHORIZED", message: "no" }, { status: 401 });
      for (const apiKey of [KEY, async () => KEY]) {
        const error = await rejection(new OpenProspect({ apiKey, fetch }).orders.list());
        assert.match(error.resolution, /as `apiKey`/);
      }
    });
  }
});

describe("a body that a browser could execute", () => {
  const TYPES = [
    ["application/json", "application/json"],
    ["Application/JSON; charset=utf-8", "application/json"],
    ["application/problem+json", "application/json"],
    ["text/html", "text/plain; charset=utf-8"],
    ["text/html; charset=utf-7", "text/plain; charset=utf-8"],
    ["application/xhtml+xml", "text/plain; charset=utf-8"],
    ["image/svg+xml", "text/plain; charset=utf-8"],
    ["text/javascript", "text/plain; charset=utf-8"],
    ["text/html, application/json", "text/plain; charset=utf-8"],
    ["application/jsonp", "text/plain; charset=utf-8"],
    ["text/html;application/json", "text/plain; charset=utf-8"],
    ["multipart/x-mixed-replace", "text/plain; charset=utf-8"],
    ["", "text/plain; charset=utf-8"],
    ["x", "text/plain; charset=utf-8"],
    ["application/pdf", "text/plain; charset=utf-8"],
    ["application/json, text/html", "text/plain; charset=utf-8"],
  ];
  for (const [type, expected] of [...TYPES, [undefined, "text/plain; charset=utf-8"]]) {
    test(`${type ?? "no type"} becomes ${expected}`, async (t) => {
      const html = "<script>alert(document.cookie)</script>";
      for (const status of [200, 500]) {
        const { call } = await serveProxy(t, {}, (response) =>
          response.writeHead(status, type === undefined ? {} : { "content-type": type }).end(html),
        );
        const { headers, text } = await call();
        assert.deepEqual([headers["content-type"], text], [expected, html]);
        assertInert(headers);
      }
    });
  }
});

describe("redirects", () => {
  for (const status of [300, 301, 302, 303, 304, 305, 307, 308, 399]) {
    test(`${status} is neither followed nor passed on`, async (t) => {
      const other = await serveApi(t);
      const { requests, call } = await serveProxy(t, {}, (response) =>
        response.writeHead(status, { location: `${other.url}/taken` }).end(),
      );
      for (const method of ["GET", "POST"]) {
        const response = await call(ORDERS, { method });
        assertError(response, 502, "UNEXPECTED_REDIRECT");
        assert.doesNotMatch(JSON.stringify(response), /taken/);
      }
      assert.deepEqual([requests.length, other.requests], [2, []]);
    });
  }

  test("nor an opaque redirect", async (t) => {
    const { call } = await serveProxy(t, {
      fetch: async () => ({ type: "opaqueredirect", status: 0, headers: new Headers(), body: null }),
    });
    assertError(await call(), 502, "UNEXPECTED_REDIRECT");
  });
});
