// More blacklist entries than fit into one request.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, TEST_KEYS } from "../helpers/setup.mjs";

/** @param {number} count */
const entries = (count) => Array.from({ length: count }, (_, index) => ({ external_id: `e${index}` }));
/** @param {{ external_id: string }[]} list */
const ids = (list) => list.map(({ external_id: id }) => id);

for (const [how, copy] of COPIES) {
  describe(how, () => {
    /**
     * A client, and the id of an empty blacklist.
     *
     * @param {import("node:test").TestContext} t
     * @param {object} [options] of the client
     */
    async function blacklist(t, options) {
      /** @type {any[]} */
      const events = [];
      const { mock, client } = await serve(t);
      const own = client({ onEvent: (event) => events.push(event), ...options }, copy);
      const { id } = await own.blacklists.create({ name: "n" });
      mock.clear();
      events.length = 0;
      return { mock, own, id, progress: () => events.filter(({ type }) => type === "progress") };
    }

    /** @type {[count: number, batches: number[]][]} */
    const COUNTS = [
      [0, [0]],
      [1, [1]],
      [10_000, [10_000]],
      [10_001, [10_000, 1]],
      [25_000, [10_000, 10_000, 5_000]],
    ];
    for (const [count, batches] of COUNTS) {
      test(`${count} entries are sent in ${batches.length} batches`, async (t) => {
        const { mock, own, id, progress } = await blacklist(t);
        if (count === 0) mock.fail({ status: 201, body: {} });
        const list = entries(count);
        const result = await own.blacklists.addEntries(id, list);
        const bodies = mock.requests.map(({ body }) => body.entries);
        assert.deepEqual(
          bodies.map(({ length }) => length),
          batches,
        );
        assert.deepEqual(ids(bodies.flat()), ids(list));
        assert.deepEqual([result.sent, result.total, result.results.length], [count, count, batches.length]);
        const progressCounts = batches.length === 1 ? [] : batches.map((_, at) => Math.min((at + 1) * 10_000, count));
        assert.deepEqual(
          progress().map(({ sent, total, path, method }) => [sent, total, path, method]),
          progressCounts.map((done) => [done, count, `/api/v1/blacklists/${id}/entries`, "POST"]),
        );
        assert.equal((await own.blacklists.entries(id, { limit: 1 })).total, count);
      });
    }

    test("the error of a later batch has the accepted ones, and no more batches are sent", async (t) => {
      const { mock, own, id } = await blacklist(t);
      let batches = 0;
      mock.fail(({ method }) => (method === "POST" && (batches += 1) === 3 ? 500 : undefined));
      const error = await rejection(own.blacklists.addEntries(id, entries(45_000)));
      assert.ok(error instanceof copy.ServerError);
      assert.deepEqual([error.partial.sent, error.partial.total, error.partial.results.length], [20_000, 45_000, 2]);
      assert.equal(error.mayHaveBeenApplied, true, "the failed batch");
      assert.equal(error.toJSON().partial.sent, 20_000);
      assert.equal(mock.requests.length, 3);
      assert.equal((await own.blacklists.entries(id)).total, 20_000);
    });

    test("the error of the first batch is an ordinary error", async (t) => {
      const { mock, own, id } = await blacklist(t);
      mock.fail(422);
      const error = await rejection(own.blacklists.addEntries(id, entries(30_000)));
      assert.ok(error instanceof copy.ValidationError && !("partial" in error));
      assert.equal(mock.requests.length, 1);
    });

    test("each batch has its own idempotency key, the same for all its attempts", async (t) => {
      const { mock, own, id } = await blacklist(t);
      let batches = 0;
      mock.fail(({ method }) => (method === "POST" && (batches += 1) === 2 ? 503 : undefined));
      await own.blacklists.addEntries(id, entries(20_001), { idempotencyKey: "k" });
      const keys = () => mock.requests.map(({ headers }) => headers["idempotency-key"]);
      const [first, second, retried, third] = keys();
      assert.equal(retried, second);
      assert.equal(new Set([first, second, third]).size, 3);
      assert.ok(
        keys().every((key) => key.startsWith("k.")),
        `${keys()}`,
      );
      // With the same `idempotencyKey`, a later call reuses the keys for the same entries only.
      await own.blacklists.addEntries(id, entries(20_001).slice(10_000), { idempotencyKey: "k" });
      assert.deepEqual(keys().slice(4), [second, third]);
      await own.blacklists.addEntries(id, entries(10_002).slice(1), { idempotencyKey: "k" });
      assert.ok(!keys().slice(0, 4).includes(keys()[6]));
      await own.blacklists.addEntries(id, entries(1), { idempotencyKey: "k" });
      assert.equal(keys().at(-1), "k");
    });

    test("an abort between two batches ends the call with the reason of the signal", async (t) => {
      const { mock, client } = await serve(t);
      const controller = new AbortController();
      const reason = new Error("enough");
      const own = client(
        {
          onEvent: ({ type }) => {
            if (type === "progress") controller.abort(reason);
          },
        },
        copy,
      );
      const { id } = await own.blacklists.create({ name: "n" });
      assert.equal(
        await rejection(own.blacklists.addEntries(id, entries(30_000), { signal: controller.signal })),
        reason,
      );
      assert.ok(!("partial" in reason));
      assert.equal(mock.requests.length, 2);
    });

    test("the list may be changed, and the client freed, while batches are sent", async (t) => {
      const { own, id, mock } = await blacklist(t);
      const list = entries(20_000);
      const sending = own.blacklists.addEntries(id, list);
      list.length = 0;
      assert.equal((await sending).sent, 20_000);
      const freed = rejection(own.blacklists.addEntries(id, entries(20_000)));
      own.free();
      const error = await freed;
      assert.deepEqual([error.name, error.option, error.partial.sent], ["ConfigurationError", "client", 10_000]);
      assert.equal(mock.requests.length, 3);
    });

    test("invalid lists and options are rejected before any request", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ apiKey: TEST_KEYS.full }, copy);
      for (const args of [
        ["b", { length: 20_000 }],
        ["b"],
        ["", entries(20_000)],
        ["b", entries(20_000), { nope: 1 }],
        ["b", entries(20_000), "x"],
        ["b", entries(20_000), { idempotencyKey: "ü" }],
      ]) {
        assert.equal((await rejection(own.blacklists.addEntries(...args))).name, "ConfigurationError");
      }
      assert.equal(mock.requests.length, 0);
    });
  });
}
