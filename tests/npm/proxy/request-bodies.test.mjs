// Request bodies: the limit, and what reaches the API.

import assert from "node:assert/strict";
import { request as nodeRequest } from "node:http";
import { describe, test } from "node:test";
import { signpost } from "../helpers/setup.mjs";
import { assertError, assertInert, ORDERS, PAGE_ORIGIN, serveNode, serveProxy } from "./setup.mjs";

describe("the body", () => {
  /** @param {number[]} sizes of the chunks */
  const chunked = (...sizes) =>
    new ReadableStream({
      pull(controller) {
        if (sizes.length === 0) controller.close();
        else controller.enqueue(new Uint8Array(sizes.shift() ?? 0).fill(97));
      },
    });

  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    test(`of a ${method} is forwarded unchanged`, async (t) => {
      const { requests, call } = await serveProxy(t);
      const body = JSON.stringify({ text: "Größe 株式会社 \u0000 😀".repeat(1000) });
      assert.equal((await call(ORDERS, { method, body, headers: { "content-type": "application/json" } })).status, 200);
      assert.deepEqual(
        requests.map(({ method, body, headers }) => [method, body, headers["content-type"]]),
        [[method, body, "application/json"]],
      );
    });
  }

  test("up to the limit is sent, and a larger one is not", async (t) => {
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
      assertError(await call(ORDERS, { method: "POST", body }), 413, "PAYLOAD_TOO_LARGE");
    }
    assert.deepEqual(requests, []);
  });

  test("the size does not depend on content-length", async (t) => {
    const { requests, call } = await serveProxy(t, { maxBodyBytes: 100 });
    assertError(
      await call(ORDERS, { method: "POST", body: chunked(60, 60), headers: { "content-length": "5" } }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
    assertError(
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
    assertError(
      await call(ORDERS, { method: "POST", body: unread, headers: { "content-length": "101" } }),
      413,
      "PAYLOAD_TOO_LARGE",
    );
    assert.deepEqual([requests, reads], [[], 0]);
  });

  test("is not read to its end if it is over the limit", async (t) => {
    const { reach, reached } = signpost();
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(40)), cancel: reach });
    const { call } = await serveProxy(t, { maxBodyBytes: 100 });
    assertError(await call(ORDERS, { method: "POST", body: endless }), 413, "PAYLOAD_TOO_LARGE");
    await reached;
  });

  test("10,000 blacklist entries are within the default limit, 10 MiB and a byte are not", async (t) => {
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
    assertError(
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

  test("is not sent if reading it fails", async (t) => {
    const failing = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(5)),
      pull: (controller) => controller.error(new Error("secret")),
    });
    const { requests, call } = await serveProxy(t);
    const response = await call(ORDERS, { method: "POST", body: failing });
    assertError(response, 500, "INTERNAL_ERROR");
    assert.doesNotMatch(response.text, /secret/);
    assert.deepEqual(requests, []);
  });

  test("that does not arrive in time is a 408", async (t) => {
    const { requests, call } = await serveProxy(t, { timeoutMs: 20 });
    assertError(await call(ORDERS, { method: "POST", body: new ReadableStream({}) }), 408, "REQUEST_TIMEOUT");
    assert.deepEqual(requests, []);
  });

  test("is not sent with GET and HEAD, even if a runtime has one", async (t) => {
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
            throw new Error("the body was read");
          },
        },
        { highWaterMark: 0 },
      );
      assertInert(
        Object.fromEntries(
          (await proxy(/** @type {any} */ ({ method, url: PAGE_ORIGIN + ORDERS, headers: new Headers(), body })))
            .headers,
        ),
      );
    }
    assert.deepEqual(sent, [undefined, undefined]);
  });
});

/**
 * Posts with Node's own client, which sends any headers.
 *
 * @param {string} url
 * @param {import("node:http").OutgoingHttpHeaders} headers
 * @param {Buffer} body
 * @returns {Promise<{status: number | undefined, text: string}>}
 */
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
