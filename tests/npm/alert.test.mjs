// What is told when failures repeat, and when they are over.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, nobody, rejection, serve } from "./help.mjs";

for (const [how, copy] of COPIES) {
  describe(how, () => {
    /** A client without retries, and what it tells of repeated failures. */
    async function told(t, options) {
      const events = [];
      const { mock, client } = await serve(t);
      const onEvent = (event) => { if (["alert", "recovered"].includes(event.type)) events.push(event); };
      return { mock, events, own: client({ maxRetries: 0, onEvent, ...options }, copy) };
    }

    test("the third failed call in a row alerts once, the next success recovers", async (t) => {
      const { mock, events, own } = await told(t);
      const before = Date.now();
      mock.fail(500, { reset: "headers" }, 503, 502, 500);
      const errors = [];
      for (let call = 0; call < 5; call += 1) errors.push(await rejection(own.orders.list()));
      assert.deepEqual(events.map(({ type, count }) => [type, count]), [["alert", 3]]);
      await own.auth.validate();
      await own.auth.validate();
      assert.deepEqual(events.map(({ type, count, method, path }) => [type, count, method, path]), [
        ["alert", 3, "GET", "/api/v1/orders"],
        ["recovered", 5, "GET", "/api/v1/auth/validate"],
      ]);
      assert.equal(events[0].error, errors[2], "the very error that was thrown");
      assert.ok(events[0].error instanceof copy.ServerError && events[0].error.status === 503);
      for (const { since } of events) assert.ok(since instanceof Date && since >= before && since <= Date.now());
      assert.equal(events[1].since.getTime(), events[0].since.getTime());
    });

    test("attempts are not calls: a call that succeeds in the end is no failure", async (t) => {
      const { mock, events, own } = await told(t, { maxRetries: 2, backoff: { baseMs: 1, maxMs: 1 } });
      mock.fail(500, 500);
      await own.orders.list();
      mock.fail(500, 500, 500);
      await rejection(own.orders.list());
      assert.deepEqual(events, []);
    });

    test("another answer in between begins to count anew", async (t) => {
      const { mock, events, own } = await told(t);
      mock.fail(500, 500, 404, 500, 500, 429, 500, 500);
      for (let call = 0; call < 8; call += 1) await rejection(own.orders.list());
      assert.deepEqual(events, []);
    });

    test("what was never sent and what was aborted does not count", async (t) => {
      const { mock, events, own } = await told(t);
      mock.fail(500, 500);
      await rejection(own.orders.list());
      await rejection(own.orders.list());
      await rejection(own.orders.get(""));
      await rejection(own.orders.list({}, { signal: AbortSignal.abort() }));
      assert.deepEqual(events, []);
      mock.fail(500);
      await rejection(own.orders.list());
      assert.deepEqual(events.map(({ type, count }) => [type, count]), [["alert", 3]]);
    });

    test("no response counts as well, and each client counts for itself", async (t) => {
      const url = await nobody();
      const { events, own } = await told(t, { baseUrl: url });
      const other = await told(t, { baseUrl: url });
      await rejection(other.own.orders.list());
      await rejection(other.own.orders.list());
      for (let call = 0; call < 3; call += 1) await rejection(own.orders.list());
      assert.equal(events[0].error.name, "ConnectionError");
      assert.deepEqual(other.events, []);
    });

    test("a handler that throws, frees the client or calls it changes nothing", async (t) => {
      const { mock, client } = await serve(t);
      const seen = [];
      const own = client({
        maxRetries: 0,
        onEvent(event) {
          seen.push(event.type);
          if (event.type === "alert") own.orders.list().then(() => seen.push("listed"));
          if (event.type === "recovered") own.free();
          throw new Error("mine");
        },
      }, copy);
      mock.fail(500, 500, 500);
      for (let call = 0; call < 3; call += 1) assert.equal((await rejection(own.orders.get("o"))).name, "ServerError");
      for (let turns = 0; turns < 1000 && !seen.includes("listed"); turns += 1) await new Promise((resolve) => { setImmediate(resolve); });
      assert.deepEqual(seen, ["attempt", "attempt", "attempt", "alert", "attempt", "recovered", "listed"]);
      assert.equal((await rejection(own.orders.list())).name, "ConfigurationError");
    });
  });
}
