// Streams, failures of the API, and cleanup.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { refusingUrl, rejection, signpost, until } from "../helpers/setup.mjs";
import { assertError, bodyOf, createProxy, json, KEY, ORDERS, PAGE_ORIGIN, serveProxy, withDuplex } from "./setup.mjs";

describe("a response that streams", () => {
  test("is forwarded while the API is still sending", async (t) => {
    const { reach, reached } = signpost();
    const { proxy } = await serveProxy(t, {}, async (response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"items":[');
      await reached;
      response.end("]}");
    });
    const reader = bodyOf(await proxy(new Request(PAGE_ORIGIN + ORDERS))).getReader();
    const readText = async () => Buffer.from((await reader.read()).value ?? []).toString();
    assert.equal(await readText(), '{"items":[');
    reach();
    assert.equal(await readText(), "]}");
    assert.equal((await reader.read()).done, true);
  });

  test("is not read ahead", async (t) => {
    let pulls = 0;
    const endless = new ReadableStream(
      {
        pull(controller) {
          pulls += 1;
          controller.enqueue(new Uint8Array(1000).fill(97));
        },
      },
      { highWaterMark: 0 },
    );
    const { proxy } = await serveProxy(t, { fetch: async () => new Response(endless) });
    const reader = bodyOf(await proxy(new Request(PAGE_ORIGIN + ORDERS))).getReader();
    for (let reads = 0; reads < 5; reads += 1) await reader.read();
    assert.ok(pulls <= 7, `${pulls} pulls`);
    await reader.cancel();
  });

  /** @typedef {(controller: AbortController, reader: ReadableStreamDefaultReader) => void} Disconnect */
  /** @type {[cause: string, disconnect: Disconnect][]} */
  const cases = [
    ["its reader cancels", (controller, reader) => void reader.cancel()],
    ["the caller disconnects", (controller) => controller.abort()],
  ];
  for (const [cause, disconnect] of cases) {
    test(`is aborted when ${cause}`, async (t) => {
      const { reach, reached } = signpost();
      const { proxy } = await serveProxy(t, {}, (response) => {
        response.on("close", reach);
        response.writeHead(200).write("x");
      });
      const controller = new AbortController();
      const response = await proxy(new Request(PAGE_ORIGIN + ORDERS, { signal: controller.signal }));
      const reader = bodyOf(response).getReader();
      await reader.read();
      const rest = reader.read().catch(() => {});
      disconnect(controller, reader);
      await Promise.all([reached, rest]);
    });
  }

  test("that is reset is an error of the stream, not its end", async (t) => {
    const { proxy } = await serveProxy(t, {}, (response) => {
      response.writeHead(200, { "content-length": "100" }).write("x");
      response.socket?.resetAndDestroy();
    });
    const response = await proxy(new Request(PAGE_ORIGIN + ORDERS));
    if (response.status === 200) await rejection(response.text());
    else assert.equal(response.status, 502);
  });
});

describe("an API that cannot be used", () => {
  test("no connection is a 502 that names no host", async (t) => {
    const baseUrl = await refusingUrl();
    const { errors, call } = await serveProxy(t, { baseUrl });
    const response = await call();
    assertError(response, 502, "BAD_GATEWAY");
    assert.doesNotMatch(response.text, /127\.0\.0\.1|ECONN|refused/i);
    assert.equal(errors.length, 1);
  });

  test("any failure of fetch is a 502 without the reason", async (t) => {
    /** @type {(() => any)[]} */
    const failures = [
      async () => {
        throw new Error(`internal-host ${KEY}`);
      },
      () => {
        throw new TypeError("internal-host");
      },
      async () => {
        throw undefined;
      },
      async () => undefined,
      async () => ({}),
      async () => "internal-host",
      async () => ({ status: 200, headers: null }),
      async () => ({ status: 999, headers: new Headers(), body: null }),
      async () => Response.error(),
      async () => ({
        get status() {
          throw new Error("internal-host");
        },
      }),
    ];
    for (const fetch of failures) {
      const { errors, call } = await serveProxy(t, { fetch });
      const response = await call();
      assertError(response, 502, "BAD_GATEWAY");
      assert.doesNotMatch(JSON.stringify(response), /internal-host/);
      assert.equal(errors.length, 1);
    }
  });

  test("an onError that throws changes nothing", async (t) => {
    const { call } = await serveProxy(t, {
      baseUrl: await refusingUrl(),
      onError() {
        throw new Error("logger");
      },
    });
    assertError(await call(), 502, "BAD_GATEWAY");
  });

  test("no response in time is a 504, and the request is aborted", async (t) => {
    const { reach, reached } = signpost();
    const { errors, call } = await serveProxy(t, { timeoutMs: 50 }, (response) => response.on("close", reach));
    assertError(await call(), 504, "GATEWAY_TIMEOUT");
    await reached;
    assert.equal(errors.length, 1);
  });

  test("also with a fetch that ignores its signal", async (t) => {
    const { call } = await serveProxy(t, { timeoutMs: 20, fetch: () => new Promise(() => {}) });
    assertError(await call(), 504, "GATEWAY_TIMEOUT");
  });

  test("a response that stalls is aborted after the same time", async (t) => {
    const { proxy } = await serveProxy(t, { timeoutMs: 200 }, (response) => response.writeHead(200).write("x"));
    await rejection((await proxy(new Request(PAGE_ORIGIN + ORDERS))).text());
    const ignoring = await serveProxy(t, { timeoutMs: 20, fetch: async () => new Response(new ReadableStream({})) });
    await rejection((await ignoring.proxy(new Request(PAGE_ORIGIN + ORDERS))).text());
  });

  test("a caller that disconnects aborts the request to the API", async (t) => {
    const { reach, reached } = signpost();
    const { requests, errors, proxy } = await serveProxy(t, {}, (response) => response.on("close", reach));
    const controller = new AbortController();
    const pending = proxy(new Request(PAGE_ORIGIN + ORDERS, { signal: controller.signal }));
    await until(() => requests.length === 1, "the request");
    controller.abort();
    await reached;
    assert.deepEqual([(await pending).status, errors], [499, []]);
  });

  test("nothing is sent for a caller that has already disconnected", async (t) => {
    const sent = [];
    const { proxy } = await serveProxy(t, { fetch: async () => sent.push(1) });
    assert.equal((await proxy(new Request(PAGE_ORIGIN + ORDERS, { signal: AbortSignal.abort() }))).status, 499);
    assert.deepEqual(sent, []);
  });
});

describe("cleanup", () => {
  test("no timer and no listener remain after a response", async (t) => {
    const counts = { added: 0, removed: 0, cleared: 0 };
    const timers = new Set();
    const { setTimeout, clearTimeout } = globalThis;
    t.after(() => Object.assign(globalThis, { setTimeout, clearTimeout }));
    const countingTimeout = (/** @type {() => void} */ run, /** @type {number} */ ms) => {
      const timer = setTimeout(run, ms);
      if (ms === 12_345) timers.add(timer);
      return timer;
    };
    globalThis.setTimeout = /** @type {typeof setTimeout} */ (countingTimeout);
    globalThis.clearTimeout = (timer) => {
      if (timers.delete(timer)) counts.cleared += 1;
      clearTimeout(timer);
    };
    const signal = {
      aborted: false,
      addEventListener: () => {
        counts.added += 1;
      },
      removeEventListener: () => {
        counts.removed += 1;
      },
    };
    /** @type {import("./setup.mjs").Respond[]} */
    const ends = [json({}), json({}, 204), json({}, 302), json({}, 500), (response) => response.socket?.destroy()];
    for (const respond of ends) {
      const { proxy } = await serveProxy(t, { maxBodyBytes: 10, timeoutMs: 12_345 }, respond);
      for (const length of [0, 11]) {
        const { method, url, headers, body } = new Request(
          PAGE_ORIGIN + ORDERS,
          withDuplex({ method: "POST", body: "x".repeat(length) }),
        );
        await (await proxy(/** @type {any} */ ({ method, url, headers, body, bodyUsed: false, signal }))).text();
      }
    }
    assert.equal(timers.size, 0);
    assert.deepEqual(counts, { added: 10, removed: 10, cleared: 10 });
  });

  test("a proxy that is inspected or serialized contains no key", () => {
    const proxy = createProxy({ apiKey: KEY, authorize: () => true });
    for (const text of [
      inspect(proxy, { depth: Infinity, showHidden: true }),
      String(proxy),
      JSON.stringify({ proxy }),
      ...Reflect.ownKeys(proxy).map((name) => inspect(Reflect.get(proxy, name))),
    ])
      assert.ok(!text.includes(KEY), text);
  });
});
