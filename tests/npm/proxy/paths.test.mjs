// Which paths the proxy forwards, and that nothing in a request leads to another origin.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { FORWARDED, HOSTILE, UNRESOLVED } from "./attacks.mjs";
import {
  assertRefused,
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

/** A proxy for the real API whose `fetch` records and sends nothing. */
function recording(options) {
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
      const { sent, proxy } = recording();
      assertRefused(await call(proxy, target), 404, "NOT_FOUND");
      assert.deepEqual(sent, []);
    });
  }

  for (const [target, path] of FORWARDED) {
    test(`forwarded: ${target}`, async () => {
      const { sent, proxy } = recording();
      assert.equal((await call(proxy, target)).status, 200);
      assert.deepEqual(
        sent.map(({ url }) => url),
        [`https://api.openprospect.io${path}`],
      );
    });
  }

  test("what the parser of a Request resolves goes to the API or nowhere", async () => {
    for (const target of UNRESOLVED.filter((target) => target.startsWith("/"))) {
      const { sent, proxy } = recording();
      const { status } = await call(proxy, target);
      assert.deepEqual(
        sent.map(({ url }) => url.replace(/\?x$/, "")),
        status === 200 ? ["https://api.openprospect.io/api/v1/orders"] : [],
        target,
      );
    }
  });

  test("a URL that no parser has resolved, credentials and a fragment are not forwarded", async () => {
    for (const url of [
      `https://app.example${ORDERS}#x`,
      `https://app.example${ORDERS}#`,
      `https://user:pass@app.example${ORDERS}`,
      `https://app.example/openprospect/api/../admin`,
      `https://app.example\\@attacker.example${ORDERS}x/../../../../admin`,
    ]) {
      const { sent, proxy } = recording();
      const response = await proxy({ url, method: "GET", headers: new Headers() });
      assert.deepEqual([response.status, sent], [404, []], url);
    }
    const { sent, proxy } = recording();
    assert.deepEqual(
      [(await proxy({ url: "not a URL", method: "GET", headers: new Headers() })).status, sent],
      [500, []],
    );
  });

  test("the host of the request changes nothing", async () => {
    for (const origin of [
      "http://attacker.example",
      "https://api.openprospect.io.attacker.example",
      "http://127.0.0.1:1",
      "http://[::1]",
    ]) {
      const { sent, proxy } = recording();
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
  test("only what is below both is reached", async () => {
    const { sent, proxy } = recording({ prefix: "/a/b.c", baseUrl: "https://gateway.example/tenant/" });
    await call(proxy, "/a/b.c/api/v1/orders?x=1");
    assert.deepEqual(
      sent.map(({ url }) => url),
      ["https://gateway.example/tenant/api/v1/orders?x=1"],
    );
    const refused = [
      "/openprospect/api/v1/orders",
      "/a/bXc/api/v1/orders",
      "/a/api/v1/orders",
      "/a/b.c.attacker.example/api/v1/orders",
      "/a/b.c/api/..%2f..%2fother/x",
      "/a/b.c/tenant/api/v1/orders",
      "/api/v1/orders",
    ];
    for (const path of refused) assertRefused(await call(proxy, path), 404, "NOT_FOUND");
    assert.equal(sent.length, 1);
  });

  for (const prefix of ["", "/"]) {
    test(`a proxy with a host of its own: prefix ${JSON.stringify(prefix)}`, async () => {
      const { sent, proxy } = recording({ prefix });
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
        assertRefused(await call(proxy, path), 404, "NOT_FOUND");
      assert.equal(sent.length, 1);
    });
  }

  test("a trailing slash of the prefix is no difference", async () => {
    const { sent, proxy } = recording({ prefix: "/openprospect/" });
    assert.equal((await call(proxy)).status, 200);
    assertRefused(await call(proxy, "/openprospect//api/v1/orders"), 404, "NOT_FOUND");
    assert.equal(sent.length, 1);
  });
});

describe("a request line", () => {
  test("hostile targets reach neither the API nor authorize", async (t) => {
    const asked = [];
    const { proxy, requests } = await serveProxy(t, { authorize: ({ url }) => asked.push(url) > 0 });
    const url = await serveNode(t, proxy);
    const targets = [...HOSTILE, ...UNRESOLVED];
    const results = await Promise.all(
      targets.map(async (target) => [target, (await raw(url, requestLine(target))).status]),
    );
    // Node's own parser answers 400 to what is not a target.
    const isTarget = (target) => /^(?:\/|\*$|https?:\/\/)/i.test(target);
    assert.deepEqual(
      results.filter(([target, status]) => status !== (isTarget(target) ? 404 : 400)),
      [],
    );
    assert.deepEqual([requests, asked], [[], []]);
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

  test("the Host header is for comparing origins only, and must be one", async (t) => {
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

  test("Express shows the whole path as originalUrl", async (t) => {
    const { proxy, requests } = await serveProxy(t);
    const handler = toNodeHandler(proxy);
    const url = await listen(t, (request, response) => {
      request.originalUrl = request.url;
      request.url = request.url.replace("/openprospect", "");
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

test("a server that answers at another origin never gets the key", async (t) => {
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
