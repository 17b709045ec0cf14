// The proxy in Node's http: disconnects, and failures of the proxy.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { listen, signpost, turn, until } from "../helpers/setup.mjs";
import {
  assertError,
  bodyOf,
  KEY,
  mount,
  ORDERS,
  raw,
  requestLine,
  send,
  serveProxy,
  toNodeHandler,
} from "./setup.mjs";

describe("a caller that disconnects", () => {
  for (const [when, method, sent] of [
    ["while it waits for the response", "GET", ""],
    ["after its body", "POST", "{}"],
  ]) {
    test(`${when}: the request to the API is aborted`, async (t) => {
      const { reach, reached } = signpost();
      const { url, requests } = await mount(t, {}, (response) => response.on("close", reach));
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket
        .on("error", () => {})
        .write(`${requestLine(ORDERS, { method, headers: `Content-Length: ${sent.length}\r\n` })}${sent}`);
      await until(() => requests.length === 1, "the request");
      socket.resetAndDestroy();
      await reached;
    });
  }

  test("during the response: the rest is not read", async (t) => {
    const { reach, reached } = signpost();
    const { url } = await mount(t, {}, (response) => {
      response.on("close", reach);
      response.writeHead(200).write("x");
    });
    const controller = new AbortController();
    const response = await fetch(url + ORDERS, { signal: controller.signal });
    await bodyOf(response).getReader().read();
    controller.abort();
    await reached;
  });

  test("during its body: nothing is sent", async (t) => {
    let isAuthorized = false;
    const { proxy, requests } = await serveProxy(t, { authorize: () => (isAuthorized = true) });
    const { reach, reached } = signpost();
    const url = await listen(t, (request, response) => toNodeHandler(proxy)(request, response).then(reach));
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
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
    const record = (reason) => unhandled.push(reason);
    process.on("unhandledRejection", record);
    t.after(() => process.off("unhandledRejection", record));
    /** @type {(() => any)[]} */
    const proxies = [
      async () => {
        throw new Error(`secret ${KEY}`);
      },
      () => {
        throw new Error("secret");
      },
      async () => undefined,
      async () => ({}),
      async () => "text",
    ];
    for (const proxy of proxies) {
      const url = await listen(t, toNodeHandler(proxy));
      const response = await send(url + ORDERS);
      assertError(response, 500, "INTERNAL_ERROR");
      assert.doesNotMatch(response.text, /secret/);
    }
    const failing = new ReadableStream({
      pull(controller) {
        controller.error(new Error("secret"));
      },
    });
    const url = await listen(
      t,
      toNodeHandler(async () => new Response(failing)),
    );
    await assert.rejects(send(url + ORDERS));
    await turn();
    assert.deepEqual(unhandled, []);
  });

  test("a connection is reused after an error response to a request whose body was not read", async (t) => {
    const { url, requests } = await mount(t, { authorize: ({ headers }) => headers.get("x-in") === "1" });
    const first = `POST ${ORDERS} HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${"a".repeat(200_000)}`;
    const { text } = await raw(url, first + requestLine(ORDERS, { headers: "X-In: 1\r\n" }));
    assert.deepEqual(text.match(/^HTTP\/1\.1 \d{3}/gm), ["HTTP/1.1 401", "HTTP/1.1 200"]);
    assert.equal(requests.length, 1);
  });

  test("a connection is reused after a body over the limit", async (t) => {
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
