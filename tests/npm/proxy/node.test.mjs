// The proxy in Node's http, over real connections.

import assert from "node:assert/strict";
import { request as nodeRequest } from "node:http";
import { describe, test } from "node:test";
import { esm, listen, serve, signpost, thrown, turn, until } from "../helpers/setup.mjs";
import {
  assertError,
  KEY,
  mount,
  ORDERS,
  raw,
  requestLine,
  send,
  serveNode,
  serveProxy,
  toNodeHandler,
} from "./setup.mjs";

test("the client works through it, with the mock of the API behind it", async (t) => {
  const { mock, url: baseUrl } = await serve(t);
  const { proxy } = await serveProxy(t, { baseUrl });
  const url = await serveNode(t, proxy);
  const client = new esm.OpenProspect({ baseUrl: `${url}/openprospect`, backoff: { baseMs: 1, maxMs: 2 } });
  assert.equal((await client.orders.list({ limit: 2 })).items.length, 2);
  const { id, name } = await client.blacklists.create({ name: "Größe" });
  assert.deepEqual([name, (await client.blacklists.addEntries(id, [{ external_id: "a" }])).sent ?? 1], ["Größe", 1]);
  mock.fail({ status: 429, retryAfter: "0.05" });
  await client.orders.list();
  const [limited, retried] = mock.requests.slice(-2);
  assert.deepEqual([limited.status, retried.status], [429, 200]);
  assert.ok(retried.at - limited.at >= 50, "Retry-After was not passed on");
  const error = await client.orders.get("nothing").catch((error) => error);
  assert.deepEqual([error.name, error.code, typeof error.requestId], ["NotFoundError", "ORDER_NOT_FOUND", "string"]);
  for (const { headers } of mock.requests) assert.equal(headers.authorization, `Bearer ${KEY}`);
});

test("a page that is not signed in gets an AuthenticationError", async (t) => {
  const { url, requests } = await mount(t, { authorize: () => false });
  const client = new esm.OpenProspect({ baseUrl: `${url}/openprospect`, maxRetries: 0 });
  const error = await client.orders.list().catch((error) => error);
  assert.deepEqual([error.name, error.code, requests], ["AuthenticationError", "UNAUTHORIZED", []]);
});

describe("the request", () => {
  test("has the method, headers and body that were sent", async (t) => {
    const authorized = [];
    const { requests, url } = await mount(t, {
      async authorize(request) {
        authorized.push([request.method, request.url, request.headers.get("cookie"), request.headers.get("x-two")]);
        return true;
      },
    });
    await send(url + ORDERS, {
      method: "PATCH",
      body: '{"a":"ä"}',
      headers: [
        ["cookie", "a=1"],
        ["x-two", "1"],
        ["X-Two", "2"],
        ["content-type", "application/json"],
      ],
    });
    assert.deepEqual(
      requests.map(({ method, path, body, headers }) => [method, path, body, headers["content-type"]]),
      [["PATCH", "/api/v1/orders", '{"a":"ä"}', "application/json"]],
    );
    const [[method, requestUrl, ...headers]] = authorized;
    assert.deepEqual([method, new URL(requestUrl).pathname, ...headers], ["PATCH", ORDERS, "a=1", "1, 2"]);
  });

  test("TRACE and unknown methods are rejected", async (t) => {
    const { url, requests } = await mount(t);
    for (const method of ["TRACE", "OPTIONS", "PROPFIND", "M-SEARCH", "PURGE"]) {
      const { status, text } = await raw(url, requestLine(ORDERS, { method }));
      assert.deepEqual([status, /\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n/i.test(text)], [405, true], method);
    }
    assert.deepEqual(requests, []);
  });

  test("a HEAD has headers and no body, a GET's body is not forwarded", async (t) => {
    const { url, requests } = await mount(t, {}, (response) => response.writeHead(200, { "x-request-id": "r" }).end());
    const { text } = await raw(url, requestLine(ORDERS, { method: "HEAD" }));
    assert.match(text, /^HTTP\/1\.1 200 .*x-request-id: r\r\n.*\r\n\r\n$/is);
    assert.equal((await raw(url, `${requestLine(ORDERS, { headers: "Content-Length: 5\r\n" })}hello`)).status, 200);
    assert.deepEqual(
      requests.map(({ method, body }) => [method, body]),
      [
        ["HEAD", ""],
        ["GET", ""],
      ],
    );
  });

  test("a body may be chunked, and an empty one is not sent", async (t) => {
    const { url, requests } = await mount(t);
    const chunked = requestLine(ORDERS, { method: "POST", headers: "Transfer-Encoding: chunked\r\n" });
    await raw(url, `${chunked}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`);
    await raw(url, `${chunked}0\r\n\r\n`);
    await raw(url, requestLine(ORDERS, { method: "DELETE" }));
    assert.deepEqual(
      requests.map(({ body }) => body),
      ["abcde", "", ""],
    );
  });

  test("a body that was already parsed is an error, and nothing is sent", async (t) => {
    const { proxy, requests, errors } = await serveProxy(t);
    const handler = toNodeHandler(proxy);
    const url = await listen(t, async (request, response) => {
      for await (const chunk of request) void chunk;
      handler(request, response);
    });
    assertError(await send(url + ORDERS, { method: "POST", body: "{}" }), 500, "INTERNAL_ERROR");
    assert.match(errors[0].message, /Mount the proxy before body parsers/);
    assert.equal((await send(url + ORDERS, { method: "DELETE" })).status, 200);
    assert.equal(requests.length, 1);
  });

  test("a large body is read from the socket only as it is consumed", async (t) => {
    const { reach, reached } = signpost();
    const size = 8 * 1024 * 1024;
    const { url, requests } = await mount(t, { authorize: () => reached.then(() => true) });
    const request = nodeRequest(url + ORDERS, { method: "POST", headers: { "content-length": size } });
    const pending = new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
    let isWritten = false;
    request.end(Buffer.alloc(size, 97), () => {
      isWritten = true;
    });
    await until(() => (request.socket?.bytesWritten ?? 0) > 0, "the beginning of the body");
    assert.equal(isWritten, false);
    reach();
    assert.equal((await pending.then((response) => response.resume())).statusCode, 200);
    assert.equal(requests[0].body.length, size);
  });
});

describe("a body that is not consumed", () => {
  test("is not read from the socket", async (t) => {
    const { reach, reached } = signpost();
    const size = 64 * 1024 * 1024;
    let length = 0;
    const url = await listen(
      t,
      toNodeHandler(async (request) => {
        const reader = /** @type {ReadableStream<Uint8Array>} */ (request.body).getReader();
        length += (await reader.read()).value?.length ?? 0;
        await reached;
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) length += chunk.value.length;
        return new Response("done");
      }),
    );
    const request = nodeRequest(url + ORDERS, { method: "POST", headers: { "content-length": size } });
    const pending = new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
    let isWritten = false;
    request.end(Buffer.alloc(size, 97), () => {
      isWritten = true;
    });
    await until(() => length > 0, "the first chunk");
    for (let ticks = 0; ticks < 20_000; ticks += 1) await turn();
    assert.equal(isWritten, false);
    reach();
    await pending.then((response) => response.resume());
    assert.equal(length, size);
  });
});

describe("the origin", () => {
  const post = (origin, more = "") =>
    requestLine(ORDERS, { method: "POST", headers: `Origin: ${origin}\r\nContent-Length: 0\r\n${more}` });

  test("is that of the connection and the Host header; forwarding headers are ignored", async (t) => {
    const { url, requests } = await mount(t);
    /** @type {[origin: string, headers: string, status: number][]} */
    const rows = [
      ["http://app.example", "", 200],
      ["https://app.example", "", 403],
      ["https://app.example", "X-Forwarded-Proto: https\r\n", 403],
      ["https://attacker.example", "X-Forwarded-Host: attacker.example\r\nX-Forwarded-Proto: https\r\n", 403],
      ["http://attacker.example", "Forwarded: host=attacker.example\r\n", 403],
    ];
    for (const [origin, headers, status] of rows)
      assert.equal((await raw(url, post(origin, headers))).status, status, origin + headers);
    assert.equal(requests.length, 1);
  });

  test("is that of the option, behind a server that terminates TLS", async (t) => {
    const authorized = [];
    const { url, requests } = await mount(t, { authorize: (request) => authorized.push(request.url) > 0 }, undefined, {
      origin: "https://app.example",
    });
    assert.equal((await raw(url, post("https://app.example"))).status, 200);
    for (const origin of ["http://app.example", "https://attacker.example", "null"])
      assert.equal((await raw(url, post(origin, "X-Forwarded-Host: attacker.example\r\n"))).status, 403, origin);
    assert.equal(
      (
        await raw(
          url,
          requestLine(ORDERS, {
            host: "attacker.example",
            method: "POST",
            headers: "Origin: http://attacker.example\r\nContent-Length: 0\r\n",
          }),
        )
      ).status,
      403,
    );
    assert.deepEqual([authorized, requests.length], [[`https://app.example${ORDERS}`], 1]);
  });

  test("two Origin headers, or two of Sec-Fetch-Site, are rejected", async (t) => {
    const { url, requests } = await mount(t);
    assert.equal((await raw(url, post("http://app.example", "Origin: http://app.example\r\n"))).status, 403);
    assert.equal(
      (await raw(url, post("http://app.example", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n")))
        .status,
      403,
    );
    assert.deepEqual(requests, []);
  });
});

describe("the response", () => {
  test("has the cookies of authorize's own response, each in its own header", async (t) => {
    /** @type {[string, string][]} */
    const headers = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2, c"],
      ["location", "/login"],
    ];
    const { url } = await mount(t, { authorize: () => new Response("in", { status: 302, headers }) });
    const { status, text } = await raw(url, requestLine(ORDERS));
    assert.equal(status, 302);
    assert.deepEqual(
      text.match(/^set-cookie: .*$/gim)?.map((line) => line.trim().slice(12)),
      ["a=1", "b=2, c"],
    );
    assert.match(text, /\r\nlocation: \/login\r\n/i);
  });

  test("streams, and waits for a slow reader", async (t) => {
    const chunk = Buffer.alloc(64 * 1024, 97);
    let written = 0;
    let proceed;
    const { url } = await mount(t, {}, async (response) => {
      response.on("drain", () => proceed()).on("close", () => proceed?.());
      response.writeHead(200);
      // 64 MiB: more than all buffers in between can hold.
      while (written < 1024 && !response.destroyed) {
        written += 1;
        if (!response.write(chunk))
          await new Promise((resolve) => {
            proceed = resolve;
          });
      }
      response.end();
    });
    const response = await new Promise((resolve) => nodeRequest(url + ORDERS, resolve).end());
    // Until the API has not written for 20,000 ticks of the event loop.
    let last = -1;
    for (let ticks = 0; last !== written || ticks % 20_000 !== 0; ticks += 1) {
      if (ticks % 20_000 === 0) last = written;
      await turn();
    }
    assert.ok(written < 1024, "the whole response was read although it was not consumed");
    let length = 0;
    for await (const received of response) length += received.length;
    assert.equal(length, 1024 * chunk.length);
  });

  test("that the API resets is reset, and not completed", async (t) => {
    const { reach, reached } = signpost();
    const { url } = await mount(t, {}, async (response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"items":[');
      await reached;
      response.socket?.resetAndDestroy();
    });
    const response = await fetch(url + ORDERS);
    reach();
    await assert.rejects(response.text());
  });
});

test("the arguments are validated", () => {
  /** @type {[args: any[], message: RegExp][]} */
  const cases = [
    [[], /expected the function that createProxy returns/],
    [[{}], /expected the function/],
    [[() => {}, { orgin: "x" }], /unknown option/],
    [[() => {}, { origin: "app.example" }], /origin: expected an origin/],
    [[() => {}, { origin: "https://app.example/" }], /origin/],
    [[() => {}, { origin: "null" }], /origin/],
  ];
  for (const [args, message] of cases) {
    const error = thrown(() => Reflect.apply(toNodeHandler, undefined, args));
    assert.ok(error instanceof TypeError);
    assert.match(error.message, message);
  }
});
