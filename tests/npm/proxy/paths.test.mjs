// The paths that the proxy forwards; nothing in a request leads to another origin.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { FORWARDED, HOSTILE, UNRESOLVED } from "./attacks.mjs";
import {
  assertError,
  call,
  createProxy,
  KEY,
  ORDERS,
  raw,
  requestLine,
  serveApi,
  serveNode,
  serveProxy,
  toNodeHandler,
} from "./setup.mjs";

/**
 * A proxy for the real API whose `fetch` only records.
 *
 * @param {Partial<import("../../../pkg-template/proxy/index.js").ProxyOptions>} [options]
 */
function recordingProxy(options) {
  /** @type {{url: string, headers: Record<string, string>}[]} */
  const sent = [];
  const fetch = async (url, init) => {
    sent.push({ url, ...init });
    return new Response("{}", { headers: { "content-type": "application/json" } });
  };
  return { sent, proxy: createProxy({ apiKey: KEY, authorize: () => true, fetch, ...options }) };
}

describe("a Request", () => {
  for (const target of HOSTILE) {
    test(`not forwarded: ${target}`, async () => {
      const { sent, proxy } = recordingProxy();
      assertError(await call(proxy, target), 404, "NOT_FOUND");
      assert.deepEqual(sent, []);
    });
  }

  for (const [target, path] of FORWARDED) {
    test(`forwarded: ${target}`, async () => {
      const { sent, proxy } = recordingProxy();
      assert.equal((await call(proxy, target)).status, 200);
      assert.deepEqual(
        sent.map(({ url }) => url),
        [`https://api.openprospect.io${path}`],
      );
    });
  }

  test("a path that the parser of a Request resolves goes to the API or is not forwarded", async () => {
    for (const target of UNRESOLVED.filter((target) => target.startsWith("/"))) {
      const { sent, proxy } = recordingProxy();
      const { status } = await call(proxy, target);
      assert.deepEqual(
        sent.map(({ url }) => url.replace(/\?x$/, "")),
        status === 200 ? ["https://api.openprospect.io/api/v1/orders"] : [],
        target,
      );
    }
  });

  test("an unresolved URL, credentials and a fragment are not forwarded", async () => {
    for (const url of [
      `https://app.example${ORDERS}#x`,
      `https://app.example${ORDERS}#`,
      `https://user:pass@app.example${ORDERS}`,
      `https://app.example/openprospect/api/../admin`,
      `https://app.example\\@attacker.example${ORDERS}x/../../../../admin`,
    ]) {
      const { sent, proxy } = recordingProxy();
      const response = await proxy(/** @type {any} */ ({ url, method: "GET", headers: new Headers() }));
      assert.deepEqual([response.status, sent], [404, []], url);
    }
    const { sent, proxy } = recordingProxy();
    const request = /** @type {any} */ ({ url: "not a URL", method: "GET", headers: new Headers() });
    assert.deepEqual([(await proxy(request)).status, sent], [500, []]);
  });

  test("the host of the request is ignored", async () => {
    for (const origin of [
      "http://attacker.example",
      "https://api.openprospect.io.attacker.example",
      "http://127.0.0.1:1",
      "http://[::1]",
    ]) {
      const { sent, proxy } = recordingProxy();
      const headers = {
        host: "attacker.example",
        "x-forwarded-host": "attacker.example",
        "x-original-url": "/admin",
        "x-rewrite-url": "/admin",
        forwarded: "host=attacker.example",
      };
      await proxy(new Request(origin + ORDERS, { headers }));
      assert.deepEqual(
        sent.map(({ url, headers }) => [url, headers.host]),
        [["https://api.openprospect.io/api/v1/orders", undefined]],
      );
    }
  });
});

describe("a prefix and a base URL with a path", () => {
  test("only paths below both are forwarded", async () => {
    const { sent, proxy } = recordingProxy({ prefix: "/a/b.c", baseUrl: "https://gateway.example/tenant/" });
    await call(proxy, "/a/b.c/api/v1/orders?x=1");
    assert.deepEqual(
      sent.map(({ url }) => url),
      ["https://gateway.example/tenant/api/v1/orders?x=1"],
    );
    const rejected = [
      "/openprospect/api/v1/orders",
      "/a/bXc/api/v1/orders",
      "/a/api/v1/orders",
      "/a/b.c.attacker.example/api/v1/orders",
      "/a/b.c/api/..%2f..%2fother/x",
      "/a/b.c/tenant/api/v1/orders",
      "/api/v1/orders",
    ];
    for (const path of rejected) assertError(await call(proxy, path), 404, "NOT_FOUND");
    assert.equal(sent.length, 1);
  });

  for (const prefix of ["", "/"]) {
    test(`a proxy with a host of its own: prefix ${JSON.stringify(prefix)}`, async () => {
      const { sent, proxy } = recordingProxy({ prefix });
      await call(proxy, "/api/v1/orders");
      assert.deepEqual(
        sent.map(({ url }) => url),
        ["https://api.openprospect.io/api/v1/orders"],
      );
      for (const path of [
        "/",
        "/apiX/v1",
        "//api/v1/orders",
        "/openprospect/api/v1/orders",
        "/.attacker.example/api/v1/orders",
        "/@attacker.example/api/x",
      ])
        assertError(await call(proxy, path), 404, "NOT_FOUND");
      assert.equal(sent.length, 1);
    });
  }

  test("a trailing slash of the prefix is ignored", async () => {
    const { sent, proxy } = recordingProxy({ prefix: "/openprospect/" });
    assert.equal((await call(proxy)).status, 200);
    assertError(await call(proxy, "/openprospect//api/v1/orders"), 404, "NOT_FOUND");
    assert.equal(sent.length, 1);
  });
});

describe("a request line", () => {
  test("hostile targets reach neither the API nor authorize", async (t) => {
    const calls = [];
    const { proxy, requests } = await serveProxy(t, { authorize: ({ url }) => calls.push(url) > 0 });
    const url = await serveNode(t, proxy);
    const targets = [...HOSTILE, ...UNRESOLVED];
    const results = await Promise.all(
      targets.map(async (target) => [target, (await raw(url, requestLine(target))).status]),
    );
    // Node's own parser responds with 400 to an invalid target.
    const isTarget = (target) => /^(?:\/|\*$|https?:\/\/)/i.test(target);
    assert.deepEqual(
      results.filter(([target, status]) => status !== (isTarget(target) ? 404 : 400)),
      [],
    );
    assert.deepEqual([requests, calls], [[], []]);
  });

  test("bytes that are not ASCII, spaces and control characters are not forwarded", async (t) => {
    const { proxy, requests } = await serveProxy(t);
    const url = await serveNode(t, proxy);
    for (const target of [
      "/openprospect/api/v1/\u00e9",
      "/openprospect/api/v1/\u0001",
      "/openprospect/api/v1/\u007f",
      "/openprospect/api/v1/a b",
      "/openprospect/api/v1/a\tb",
      "/openprospect/api/v1/\0",
      '/openprospect/api/v1/"',
      "/openprospect/api/v1/<x>",
    ]) {
      const { status } = await raw(url, Buffer.from(requestLine(target), "latin1"));
      assert.ok(status === 400 || status === 404, `${status} for ${JSON.stringify(target)}`);
    }
    assert.deepEqual(requests, []);
  });

  for (const [target, path] of FORWARDED) {
    test(`forwarded: ${target}`, async (t) => {
      const { proxy, requests } = await serveProxy(t);
      assert.equal((await raw(await serveNode(t, proxy), requestLine(target))).status, 200);
      assert.deepEqual(
        requests.map(({ path }) => path),
        [path],
      );
    });
  }

  test("the Host header is used to compare origins only, and must be valid", async (t) => {
    const { proxy, requests, url: api } = await serveProxy(t);
    const url = await serveNode(t, proxy);
    for (const host of ["app.example", "attacker.example", "APP.example:80", "[::1]:3000", "127.0.0.1:1"]) {
      assert.equal((await raw(url, requestLine(ORDERS, { host }))).status, 200, host);
    }
    assert.deepEqual([...new Set(requests.map(({ headers }) => headers.host))], [new URL(api).host]);
    for (const host of [
      "",
      "a/b",
      "app.example/openprospect/api",
      "user@attacker.example",
      "a?b",
      "a#b",
      "a b",
      "a\\b",
      "a:b",
      "a:99999",
      "[::1",
    ]) {
      assert.equal((await raw(url, requestLine(ORDERS, { host }))).status, 400, host);
    }
    assert.equal(requests.length, 5);
  });

  test("the original path of Express is used", async (t) => {
    const { proxy, requests } = await serveProxy(t);
    const handler = toNodeHandler(proxy);
    const url = await listen(t, (request, response) => {
      Object.assign(request, { originalUrl: request.url });
      request.url = request.url?.replace("/openprospect", "");
      handler(request, response);
    });
    assert.equal((await raw(url, requestLine(ORDERS))).status, 200);
    assert.equal(
      (await raw(url, requestLine("/openprospect.attacker.example/openprospect/api/v1/orders"))).status,
      404,
    );
    assert.equal(requests.length, 1);
  });
});

test("a server of another origin never receives the key", async (t) => {
  const attacker = await serveApi(t);
  const { port } = new URL(attacker.url);
  const { proxy, requests } = await serveProxy(t);
  const url = await serveNode(t, proxy);
  for (const target of [
    `/openprospect:${port}/api/v1/orders`,
    `/openprospect@127.0.0.1:${port}/api/v1/orders`,
    `//127.0.0.1:${port}/openprospect/api/v1/orders`,
    `http://127.0.0.1:${port}/openprospect/api/v1/orders`,
    `/openprospect/api/v1/orders/@127.0.0.1:${port}`,
  ]) {
    await raw(url, requestLine(target));
    await call(proxy, target.startsWith("/") ? target : ORDERS);
  }
  assert.deepEqual(attacker.requests, []);
  assert.ok(requests.every(({ path }) => path.startsWith("/api/v1/orders")));
});
