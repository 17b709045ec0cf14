// One signal for many calls, as in a page or a job.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, turn, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const CALLS = 200;

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("many calls that share a signal have one listener in total, and an abort ends all", async (t) => {
      const { mock, client } = await serve(t);
      /** @type {string[]} */
      const warnings = [];
      /** @param {Error} warning */
      const record = (warning) => warnings.push(warning.name);
      process.on("warning", record);
      t.after(() => process.off("warning", record));
      const own = client({}, copy);
      // Successes raise the number of concurrent requests.
      await Promise.all(Array.from({ length: CALLS }, () => own.get(PATH)));
      mock.clear();
      mock.fail({ stall: "headers", times: CALLS });
      const controller = new AbortController();
      const { signal } = controller;

      const calls = Array.from({ length: CALLS }, () => own.get(PATH, { signal }));
      await until(() => mock.requests.length === CALLS, "all requests have arrived");
      assert.equal(getEventListeners(signal, "abort").length, 1);
      const reason = new Error("the user left");
      controller.abort(reason);
      const results = await Promise.allSettled(calls);
      assert.ok(results.every((call) => call.status === "rejected" && call.reason === reason));
      assert.equal(getEventListeners(signal, "abort").length, 0);
      await turn();
      assert.deepEqual(warnings, []);
    });

    for (const hasDomException of [true, false]) {
      describe(`a polyfilled signal without a reason, ${hasDomException ? "with" : "without"} DOMException`, () => {
        const { DOMException } = globalThis;
        /** @param {import("node:test").TestContext} t */
        const polyfilled = (t) => {
          if (!hasDomException) {
            Reflect.deleteProperty(globalThis, "DOMException");
            t.after(() => {
              globalThis.DOMException = DOMException;
            });
          }
          const target = new EventTarget();
          const signal = {
            aborted: false,
            addEventListener: target.addEventListener.bind(target),
            removeEventListener: target.removeEventListener.bind(target),
          };
          const abort = () => {
            signal.aborted = true;
            target.dispatchEvent(new Event("abort"));
          };
          return { signal, abort };
        };
        /** @param {any} error */
        const isAbort = (error) =>
          error instanceof (hasDomException ? DOMException : Error) && error.name === "AbortError";

        test("before the call", async (t) => {
          const { client, mock } = await serve(t);
          const { signal, abort } = polyfilled(t);
          abort();
          await assert.rejects(client({}, copy).get(PATH, { signal }), isAbort);
          assert.equal(mock.requests.length, 0);
        });

        test("in an attempt", async (t) => {
          const { client, mock } = await serve(t);
          const { signal, abort } = polyfilled(t);
          mock.fail({ stall: "headers" });
          const call = client({}, copy).get(PATH, { signal });
          await until(() => mock.requests.length === 1, "the request has arrived");
          abort();
          await assert.rejects(call, isAbort);
        });

        test("in a wait for a retry, and between the polls of a job", async (t) => {
          const { client, mock } = await serve(t, { orders: [{ id: "a", status: "IN_PROGRESS" }] });
          const { signal, abort } = polyfilled(t);
          const own = client({ deadlineMs: 60_000 }, copy);
          const wait = own.orders.wait("a", { signal, pollMs: 30_000 });
          await until(() => mock.requests.length === 1, "the poll has arrived");
          mock.fail({ status: 429, retryAfter: "20" });
          const call = own.get("/api/v1/blacklists", { signal });
          await until(() => mock.requests.length === 2, "the request has arrived");
          abort();
          const errors = await Promise.all([rejection(wait), rejection(call)]);
          assert.deepEqual(errors.map(isAbort), [true, true]);
        });
      });
    }

    test("the listener stays while other calls are in flight", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ stall: "headers", match: { path: "/api/v1/blacklists" } });
      const own = client({}, copy);
      const controller = new AbortController();
      const { signal } = controller;

      const stalled = own.get("/api/v1/blacklists", { signal });
      for (let round = 0; round < 3; round += 1) await own.get(PATH, { signal });
      assert.equal(getEventListeners(signal, "abort").length, 1);
      controller.abort("enough");
      await assert.rejects(stalled, (reason) => reason === "enough");
      assert.equal(getEventListeners(signal, "abort").length, 0);
    });
  });
}
