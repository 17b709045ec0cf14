// The proxy in Node's http, by real connections.

import assert from "node:assert/strict";
import { request as nodeRequest } from "node:http";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { canary, esm, listen, serve, signpost, thrown, turn, until } from "../helpers/setup.mjs";
import { assertRefused, KEY, ORDERS, raw, requestLine, serveNode, serveProxy, toNodeHandler } from "./setup.mjs";

/** A server with the proxy; `ask` is a request to it that checks nothing by itself. */
async function mount(t, options, answer, given) {
  const served = await serveProxy(t, options, answer);
  const url = await serveNode(t, served.proxy, given);
  return { ...served, url, api: served.url, ask: (init) => asked(url + ORDERS, init) };
}

async function asked(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  canary.require("a response of the server", { headers, text });
  return {
    status: response.status,
    headers,
    text,
    get body() {
      return JSON.parse(text);
    },
  };
}

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
  const [refused, answered] = mock.requests.slice(-2);
  assert.deepEqual([refused.status, answered.status], [429, 200]);
  assert.ok(answered.at - refused.at >= 50, "Retry-After was not passed on");
  const error = await client.orders.get("nothing").catch((error) => error);
  assert.deepEqual([error.name, error.code, typeof error.requestId], ["NotFoundError", "ORDER_NOT_FOUND", "string"]);
  for (const { headers } of mock.requests) assert.equal(headers.authorization, `Bearer ${KEY}`);
});

test("a page that is not signed in gets an AuthenticationError, and one that is refused an ApiError of its status", async (t) => {
  const { url, requests } = await mount(t, { authorize: () => false });
  const client = new esm.OpenProspect({ baseUrl: `${url}/openprospect`, maxRetries: 0 });
  const error = await client.orders.list().catch((error) => error);
  assert.deepEqual([error.name, error.code, requests], ["AuthenticationError", "UNAUTHORIZED", []]);
});

describe("the request", () => {
  test("has the method, headers and body that were sent", async (t) => {
    const seen = [];
    const { requests, ask } = await mount(t, {
      async authorize(request) {
        seen.push([request.method, request.url, request.headers.get("cookie"), request.headers.get("x-two")]);
        return true;
      },
    });
    await ask({
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
    const [[method, url, ...headers]] = seen;
    assert.deepEqual([method, new URL(url).pathname, ...headers], ["PATCH", ORDERS, "a=1", "1, 2"]);
  });

  test("TRACE, CONNECT and unknown methods are refused", async (t) => {
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

  test("a body may come in chunks, and an empty one is none", async (t) => {
    const { url, requests } = await mount(t);
    await raw(
      url,
      `${requestLine(ORDERS, { method: "POST", headers: "Transfer-Encoding: chunked\r\n" })}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    );
    await raw(url, `${requestLine(ORDERS, { method: "POST", headers: "Transfer-Encoding: chunked\r\n" })}0\r\n\r\n`);
    await raw(url, requestLine(ORDERS, { method: "DELETE" }));
    assert.deepEqual(
      requests.map(({ body }) => body),
      ["abcde", "", ""],
    );
  });

  test("a body that was parsed before is an error that says so, and nothing is sent", async (t) => {
    const { proxy, requests, errors } = await serveProxy(t);
    const handler = toNodeHandler(proxy);
    const url = await listen(t, async (request, response) => {
      for await (const chunk of request) void chunk;
      handler(request, response);
    });
    assertRefused(await asked(url + ORDERS, { method: "POST", body: "{}" }), 500, "INTERNAL_ERROR");
    assert.match(errors[0].message, /Mount the proxy before body parsers/);
    assert.equal((await asked(url + ORDERS, { method: "DELETE" })).status, 200);
    assert.equal(requests.length, 1);
  });

  test("a large body is taken from the socket only as it is read", async (t) => {
    const { reach, reached } = signpost();
    const size = 8 * 1024 * 1024;
    const { url, requests } = await mount(t, { authorize: () => reached.then(() => true) });
    const request = nodeRequest(url + ORDERS, { method: "POST", headers: { "content-length": size } });
    const answer = new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
    let isWritten = false;
    request.end(Buffer.alloc(size, 97), () => {
      isWritten = true;
    });
    await until(() => request.socket?.bytesWritten > 0, "the beginning of the body");
    assert.equal(isWritten, false);
    reach();
    assert.equal((await answer.then((response) => response.resume())).statusCode, 200);
    assert.equal(requests[0].body.length, size);
  });
});

describe("a body that nobody reads on", () => {
  test("stays with the caller", async (t) => {
    const { reach, reached } = signpost();
    const size = 64 * 1024 * 1024;
    let length = 0;
    const url = await listen(
      t,
      toNodeHandler(async ({ body }) => {
        const reader = body.getReader();
        length += (await reader.read()).value.length;
        await reached;
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) length += chunk.value.length;
        return new Response("done");
      }),
    );
    const request = nodeRequest(url + ORDERS, { method: "POST", headers: { "content-length": size } });
    const answer = new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
    let isWritten = false;
    request.end(Buffer.alloc(size, 97), () => {
      isWritten = true;
    });
    await until(() => length > 0, "the first chunk");
    for (let turns = 0; turns < 20_000; turns += 1) await turn();
    assert.equal(isWritten, false);
    reach();
    await answer.then((response) => response.resume());
    assert.equal(length, size);
  });
});

describe("the origin", () => {
  const post = (origin, more = "") =>
    requestLine(ORDERS, { method: "POST", headers: `Origin: ${origin}\r\nContent-Length: 0\r\n${more}` });

  test("is that of the connection and the Host header; forwarding headers are not believed", async (t) => {
    const { url, requests } = await mount(t);
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

  test("is the one that is given, behind a server that terminates TLS", async (t) => {
    const seen = [];
    const { url, requests } = await mount(t, { authorize: (request) => seen.push(request.url) > 0 }, undefined, {
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
    assert.deepEqual([seen, requests.length], [[`https://app.example${ORDERS}`], 1]);
  });

  test("two Origin headers, or two of Sec-Fetch-Site, are refused", async (t) => {
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
  test("has the cookies of authorize's own response, each by itself", async (t) => {
    const headers = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2, c"],
      ["location", "/login"],
    ];
    const { url } = await mount(t, { authorize: () => new Response("in", { status: 302, headers }) });
    const { status, text } = await raw(url, requestLine(ORDERS));
    assert.equal(status, 302);
    assert.deepEqual(
      text.match(/^set-cookie: .*$/gim).map((line) => line.trim().slice(12)),
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
      // 64 MiB: more than all buffers on the way can hold.
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
    // Until the API has been waiting for a while: turns of the event loop, in which it could write.
    let last = -1;
    for (let turns = 0; last !== written || turns % 20_000 !== 0; turns += 1) {
      if (turns % 20_000 === 0) last = written;
      await turn();
    }
    assert.ok(written < 1024, "all was read though nobody took it");
    let length = 0;
    for await (const part of response) length += part.length;
    assert.equal(length, 1024 * chunk.length);
  });

  test("that the API cuts off is cut off, and not completed", async (t) => {
    const { reach, reached } = signpost();
    const { url } = await mount(t, {}, async (response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"items":[');
      await reached;
      response.socket.resetAndDestroy();
    });
    const response = await fetch(url + ORDERS);
    reach();
    await assert.rejects(response.text());
  });
});

describe("a caller that disconnects", () => {
  for (const [what, method, sent] of [
    ["while it waits", "GET", ""],
    ["after its body", "POST", "{}"],
  ]) {
    test(`${what}: the request to the API is aborted`, async (t) => {
      const { reach, reached } = signpost();
      const { url, requests } = await mount(t, {}, (response) => response.on("close", reach));
      const socket = connect(new URL(url).port, "127.0.0.1");
      socket
        .on("error", () => {})
        .write(`${requestLine(ORDERS, { method, headers: `Content-Length: ${sent.length}\r\n` })}${sent}`);
      await until(() => requests.length === 1, "the request");
      socket.resetAndDestroy();
      await reached;
    });
  }

  test("in the middle of the response: the rest is not read", async (t) => {
    const { reach, reached } = signpost();
    const { url } = await mount(t, {}, (response) => {
      response.on("close", reach);
      response.writeHead(200).write("x");
    });
    const controller = new AbortController();
    const response = await fetch(url + ORDERS, { signal: controller.signal });
    await response.body.getReader().read();
    controller.abort();
    await reached;
  });

  test("in the middle of its body: nothing is sent", async (t) => {
    let isAuthorized = false;
    const { proxy, requests } = await serveProxy(t, { authorize: () => (isAuthorized = true) });
    const { reach, reached } = signpost();
    const url = await listen(t, (request, response) => toNodeHandler(proxy)(request, response).then(reach));
    const socket = connect(new URL(url).port, "127.0.0.1");
    socket
      .on("error", () => {})
      .write(`${requestLine(ORDERS, { method: "POST", headers: "Content-Length: 100\r\n" })}abc`);
    await until(() => isAuthorized, "authorize");
    socket.resetAndDestroy();
    await reached;
    assert.deepEqual(requests, []);
  });
});

describe("a handler that fails", () => {
  test("is a 500 in the proxy's envelope, and no unhandled rejection", async (t) => {
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    t.after(() => process.off("unhandledRejection", note));
    for (const proxy of [
      async () => {
        throw new Error(`secret ${KEY}`);
      },
      () => {
        throw new Error("secret");
      },
      async () => undefined,
      async () => ({}),
      async () => "text",
    ]) {
      const url = await listen(t, toNodeHandler(proxy));
      const response = await asked(url + ORDERS);
      assertRefused(response, 500, "INTERNAL_ERROR");
      assert.doesNotMatch(response.text, /secret/);
    }
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("secret"));
      },
    });
    const url = await listen(
      t,
      toNodeHandler(async () => new Response(broken)),
    );
    await assert.rejects(asked(url + ORDERS));
    await turn();
    assert.deepEqual(unhandled, []);
  });

  test("a connection is used again after a refusal whose body was not read", async (t) => {
    const { url, requests } = await mount(t, { authorize: ({ headers }) => headers.get("x-in") === "1" });
    const two = `POST ${ORDERS} HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${"a".repeat(200_000)}${requestLine(ORDERS, { headers: "X-In: 1\r\n" })}`;
    const { text } = await raw(url, two);
    assert.deepEqual(text.match(/^HTTP\/1\.1 \d{3}/gm), ["HTTP/1.1 401", "HTTP/1.1 200"]);
    assert.equal(requests.length, 1);
  });

  test("and after one over the limit", async (t) => {
    const { url, requests } = await mount(t, { maxBodyBytes: 1000 });
    for (const framing of ["Content-Length: 200000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n30d40\r\n"]) {
      const end = framing.includes("chunked") ? "\r\n0\r\n\r\n" : "";
      const { text } = await raw(
        url,
        `POST ${ORDERS} HTTP/1.1\r\nHost: a\r\n${framing}${"a".repeat(200_000)}${end}${requestLine(ORDERS)}`,
      );
      assert.deepEqual(text.match(/^HTTP\/1\.1 \d{3}/gm), ["HTTP/1.1 413", "HTTP/1.1 200"]);
    }
    assert.equal(requests.length, 2);
  });
});

test("its arguments are checked", () => {
  for (const [args, message] of [
    [[], /expected the function that createProxy returns/],
    [[{}], /expected the function/],
    [[() => {}, { orgin: "x" }], /unknown option/],
    [[() => {}, { origin: "app.example" }], /origin: expected an origin/],
    [[() => {}, { origin: "https://app.example/" }], /origin/],
    [[() => {}, { origin: "null" }], /origin/],
  ]) {
    const error = thrown(() => toNodeHandler(...args));
    assert.ok(error instanceof TypeError);
    assert.match(error.message, message);
  }
});
