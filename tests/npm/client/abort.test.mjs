// An abort ends a call in every state, with the reason of the signal.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, signpost, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

/**
 * A fetch that calls `reach` when the headers have arrived.
 *
 * @param {() => void} reach
 */
function watched(reach) {
  /** @param {Parameters<typeof fetch>} args */
  return async (...args) => {
    const response = await fetch(...args);
    reach();
    return response;
  };
}

/**
 * Calls `reach` when the client starts to wait for a retry.
 *
 * @param {() => void} reach
 */
const onRetry = (reach) => ({ onEvent: ({ type }) => type === "retry" && reach() });

/**
 * How a call reaches a state: the faults and options, how many requests have arrived by then (`arrived`), and whether
 * an abort closes a connection (`closes`).
 *
 * @typedef {(reach: () => void) => { faults: unknown[], options?: object, arrived: number, closes?: boolean }} Arrange
 */

/** @type {[state: string, arrange: Arrange][]} */
const STATES = [
  ["in fetch", (reach) => ({ faults: [() => (reach(), { stall: "headers" })], arrived: 1, closes: true })],
  [
    "in the body",
    (reach) => ({ faults: [{ stall: "body" }], options: { fetch: watched(reach) }, arrived: 1, closes: true }),
  ],
  [
    "in an error body",
    (reach) => ({
      faults: [{ status: 400, stall: "body" }],
      options: { fetch: watched(reach) },
      arrived: 1,
      closes: true,
    }),
  ],
  [
    "in a backoff",
    (reach) => ({ faults: [503], options: { backoff: { baseMs: 50, maxMs: 50 }, ...onRetry(reach) }, arrived: 1 }),
  ],
  [
    "in the wait for a Retry-After",
    (reach) => ({ faults: [{ status: 429, retryAfter: "0.05" }], options: onRetry(reach), arrived: 1 }),
  ],
  [
    "in the key provider",
    (reach) => ({ faults: [], options: { apiKey: () => (reach(), new Promise(() => {})) }, arrived: 0 }),
  ],
  [
    "in the second call of the key provider",
    (reach) => {
      let calls = 0;
      const apiKey = () => {
        calls += 1;
        if (calls === 1) return "lnc_test_unknown";
        reach();
        return new Promise(() => {});
      };
      return { faults: [], options: { apiKey }, arrived: 1 };
    },
  ],
];

/** @type {[name: string, reason: any][]} */
const REASONS = [
  ["an object", { why: "the user left" }],
  ["a string", "enough"],
  ["an error", new RangeError("no")],
  ["zero", 0],
  ["null", null],
  ["undefined", undefined],
];

/** @param {number} ms */
const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [state, arrange] of STATES) {
      test(state, async (t) => {
        const { mock, client } = await serve(t);
        await client({}, copy).get(PATH);
        /** @type {number[]} */
        const times = [];
        for (const [name, reason] of REASONS) {
          mock.clear();
          const { reach, reached } = signpost();
          const { faults, options, arrived, closes = false } = arrange(reach);
          mock.fail(...faults);
          const controller = new AbortController();
          const { signal } = controller;
          const ended = rejection(client(options, copy).get(PATH, { signal }));
          await reached;
          await until(() => getEventListeners(signal, "abort").length > 0, "the client listens to the signal");

          let isLate = false;
          const before = performance.now();
          controller.abort(reason);
          const nextTick = setImmediate(() => {
            isLate = true;
          });
          const error = await ended;
          times.push(performance.now() - before);
          clearImmediate(nextTick);

          assert.ok(!isLate, `${name}: not in the same tick of the event loop`);
          assert.equal(error, signal.reason);
          if (reason === undefined) assert.ok(error instanceof DOMException && error.name === "AbortError");
          else assert.equal(error, reason);
          assert.deepEqual(getEventListeners(signal, "abort"), []);
          if (closes) await until(() => mock.requests[0].aborted, "the server reports the closed connection");
          assert.equal(mock.requests.length, arrived);
        }
        // Each was in the same tick of the event loop; on a busy machine one of them may have been slow.
        assert.ok(Math.min(...times) < 5, `${times} ms`);
      });
    }

    test("before the call", async (t) => {
      const { mock, client } = await serve(t);
      let calls = 0;
      const apiKey = () => {
        calls += 1;
        return "lnc_test_x";
      };
      const own = client({ apiKey }, copy);
      for (const [name, reason] of REASONS) {
        const signal = AbortSignal.abort(reason);
        for (const call of [() => own.get(PATH, { signal }), () => own.orders.list({}, { signal })]) {
          let isLate = false;
          const nextTick = setImmediate(() => {
            isLate = true;
          });
          assert.equal(await rejection(call()), signal.reason, name);
          clearImmediate(nextTick);
          assert.ok(!isLate, name);
        }
      }
      assert.equal(mock.requests.length, 0);
      assert.equal(calls, 0, "the key provider is not called");
    });

    test("no request follows", async (t) => {
      const { mock, client } = await serve(t);
      for (const [, arrange] of STATES) {
        mock.clear();
        const { reach, reached } = signpost();
        const { faults, options, arrived } = arrange(reach);
        mock.fail(...faults);
        const controller = new AbortController();
        const ended = rejection(client(options, copy).get(PATH, { signal: controller.signal }));
        await reached;
        controller.abort();
        await ended;
        // Longer than any of the waits.
        await sleep(120);
        assert.equal(mock.requests.length, arrived);
      }
    });

    test("a signal that is not aborted keeps no listener", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ timeoutMs: 100 }, copy);
      const { signal } = new AbortController();
      await own.get(PATH, { signal });
      await own.orders.list({}, { signal });
      for (const fault of [404, 503, { reset: "headers" }, { reset: "body" }, { shape: "html" }, { stall: "body" }]) {
        mock.fail(fault);
        await own.get(PATH, { signal, maxRetries: 0 }).catch(() => {});
        assert.deepEqual(getEventListeners(signal, "abort"), [], JSON.stringify(fault));
      }
      await rejection(own.get("", { signal }));
      assert.deepEqual(getEventListeners(signal, "abort"), []);
    });

    test("an abort after the end of the call has no effect", async (t) => {
      const { client } = await serve(t);
      const controller = new AbortController();
      const page = await client({}, copy).orders.list({}, { signal: controller.signal });
      controller.abort();
      assert.equal(page.items.length, 25);
    });

    test("one signal aborts many calls, and no others", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      // Successes raise the number of concurrent requests.
      await Promise.all(Array.from({ length: 20 }, () => own.auth.validate()));
      mock.clear();
      mock.fail({ stall: "headers", times: 20, match: { path: PATH } });
      const controller = new AbortController();
      const calls = Array.from({ length: 20 }, () => rejection(own.get(PATH, { signal: controller.signal })));
      const other = own.auth.validate();
      await until(() => mock.requests.length === 21, "all requests arrive");
      controller.abort("all");
      assert.deepEqual(new Set(await Promise.all(calls)), new Set(["all"]));
      assert.equal((await other).valid, true);
      assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
    });
  });
}
