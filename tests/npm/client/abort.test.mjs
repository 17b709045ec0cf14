// The caller's signal ends a call at every moment, with the signal's own reason.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, signpost, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

/** A fetch that tells when the headers are there. */
function watched(reach) {
  return async (...args) => {
    const response = await fetch(...args);
    reach();
    return response;
  };
}

/** Tells when the client begins to wait. */
const onRetry = (reach) => ({ onEvent: ({ type }) => type === "retry" && reach() });

/** Where a call can be: the faults and options that bring it there, and how many requests have arrived by then. */
const MOMENTS = [
  ["in fetch", (reach) => ({ faults: [() => (reach(), { stall: "headers" })], arrived: 1, leaves: true })],
  [
    "in the body",
    (reach) => ({ faults: [{ stall: "body" }], options: { fetch: watched(reach) }, arrived: 1, leaves: true }),
  ],
  [
    "in an error body",
    (reach) => ({
      faults: [{ status: 400, stall: "body" }],
      options: { fetch: watched(reach) },
      arrived: 1,
      leaves: true,
    }),
  ],
  [
    "in a backoff",
    (reach) => ({ faults: [503], options: { backoff: { baseMs: 50, maxMs: 50 }, ...onRetry(reach) }, arrived: 1 }),
  ],
  [
    "in the wait of a Retry-After",
    (reach) => ({ faults: [{ status: 429, retryAfter: "0.05" }], options: onRetry(reach), arrived: 1 }),
  ],
  [
    "while the key is asked for",
    (reach) => ({ faults: [], options: { apiKey: () => (reach(), new Promise(() => {})) }, arrived: 0 }),
  ],
  [
    "while the key is asked for again",
    (reach) => {
      let asked = 0;
      const apiKey = () => {
        asked += 1;
        if (asked === 1) return "lnc_test_unknown";
        reach();
        return new Promise(() => {});
      };
      return { faults: [], options: { apiKey }, arrived: 1 };
    },
  ],
];

const custom = { why: "the user left" };
const REASONS = [
  ["an object", custom],
  ["a string", "enough"],
  ["an error", new RangeError("no")],
  ["zero", 0],
  ["null", null],
  ["nothing", undefined],
];

const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [moment, arrange] of MOMENTS) {
      test(moment, async (t) => {
        const { mock, client } = await serve(t);
        await client({}, copy).get(PATH);
        const times = [];
        for (const [name, reason] of REASONS) {
          mock.clear();
          const { reach, reached } = signpost();
          const { faults, options, arrived, leaves = false } = arrange(reach);
          mock.fail(...faults);
          const controller = new AbortController();
          const { signal } = controller;
          const ended = rejection(client(options, copy).get(PATH, { signal }));
          await reached;
          await until(() => getEventListeners(signal, "abort").length > 0, "somebody listens");

          let late = false;
          const before = performance.now();
          controller.abort(reason);
          const nextTurn = setImmediate(() => {
            late = true;
          });
          const given = await ended;
          times.push(performance.now() - before);
          clearImmediate(nextTurn);

          assert.ok(!late, `${name}: it took a turn of the event loop`);
          assert.equal(given, signal.reason);
          if (reason === undefined) assert.ok(given instanceof DOMException && given.name === "AbortError");
          else assert.equal(given, reason);
          assert.deepEqual(getEventListeners(signal, "abort"), []);
          if (leaves) await until(() => mock.requests[0].aborted, "the server sees the connection go");
          assert.equal(mock.requests.length, arrived);
        }
        // Each was in the same turn of the event loop; a busy machine may have slept in one of them.
        assert.ok(Math.min(...times) < 5, `${times} ms`);
      });
    }

    test("before the call", async (t) => {
      const { mock, client } = await serve(t);
      let asked = 0;
      const apiKey = () => {
        asked += 1;
        return "lnc_test_x";
      };
      const own = client({ apiKey }, copy);
      for (const [name, reason] of REASONS) {
        const signal = AbortSignal.abort(reason);
        for (const call of [() => own.get(PATH, { signal }), () => own.orders.list({}, { signal })]) {
          let late = false;
          const nextTurn = setImmediate(() => {
            late = true;
          });
          assert.equal(await rejection(call()), signal.reason, name);
          clearImmediate(nextTurn);
          assert.ok(!late, name);
        }
      }
      assert.equal(mock.requests.length, 0);
      assert.equal(asked, 0, "the key was asked for");
    });

    test("no request follows", async (t) => {
      const { mock, client } = await serve(t);
      for (const [, arrange] of MOMENTS) {
        mock.clear();
        const { reach, reached } = signpost();
        const { faults, options, arrived } = arrange(reach);
        mock.fail(...faults);
        const controller = new AbortController();
        const ended = rejection(client(options, copy).get(PATH, { signal: controller.signal }));
        await reached;
        controller.abort();
        await ended;
        // Longer than any wait that was begun.
        await sleep(120);
        assert.equal(mock.requests.length, arrived);
      }
    });

    test("a signal that is never used keeps no listener", async (t) => {
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

    test("an abort after the end changes nothing", async (t) => {
      const { client } = await serve(t);
      const controller = new AbortController();
      const page = await client({}, copy).orders.list({}, { signal: controller.signal });
      controller.abort();
      assert.equal(page.items.length, 25);
    });

    test("one signal ends many calls, and leaves others alone", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({}, copy);
      // So many successes, and so many may be out at once.
      await Promise.all(Array.from({ length: 20 }, () => own.auth.validate()));
      mock.clear();
      mock.fail({ stall: "headers", times: 20, match: { path: PATH } });
      const controller = new AbortController();
      const calls = Array.from({ length: 20 }, () => rejection(own.get(PATH, { signal: controller.signal })));
      const other = own.auth.validate();
      await until(() => mock.requests.length === 21, "all arrive");
      controller.abort("all");
      assert.deepEqual(new Set(await Promise.all(calls)), new Set(["all"]));
      assert.equal((await other).valid, true);
      assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
    });
  });
}
