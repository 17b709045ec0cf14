// One idempotency key for a call of many requests: no request is a repeat of another.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, turn } from "../helpers/setup.mjs";

/** @param {unknown} value */
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path
 * @property {string} [key] the idempotency key
 * @property {any} [body]
 *
 * @typedef {[value: unknown, status?: number]} Answer
 */

/**
 * A client of a server that honors idempotency keys: it repeats the response to a known key without any effect.
 * `handle` responds to all other requests.
 *
 * @param {any} copy of the package
 * @param {(request: Request) => Answer} handle
 */
function honoring(copy, handle, { keepsFailures = true } = {}) {
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  /** @type {Request[]} */
  const requests = [];
  const fetch = async (url, { method, headers, body }) => {
    /** @type {Request} */
    const request = {
      method,
      path: new URL(url).pathname,
      key: headers["idempotency-key"],
      body: body === undefined ? undefined : JSON.parse(body),
    };
    requests.push(request);
    await turn();
    const known = request.key === undefined ? undefined : answers.get(request.key);
    if (known) return json(...known);
    const answer = handle(request);
    if (request.key !== undefined && (keepsFailures || answer[1] === undefined)) answers.set(request.key, answer);
    return json(...answer);
  };
  const own = new copy.OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://api.test",
    fetch,
    backoff: { baseMs: 1, maxMs: 1 },
  });
  return { own, requests };
}

for (const [how, copy] of COPIES) {
  describe(`${how}: an idempotency key for a call of many requests`, () => {
    /**
     * A client of a server with one blacklist.
     *
     * @param {(count: number) => boolean} fails whether a request fails, by the number of stored entries
     */
    function blacklist(fails = () => false) {
      /** @type {string[]} */
      const stored = [];
      /** @type {(request: Request) => Answer} */
      const handle = ({ method, body }) => {
        if (method !== "POST") return [{ items: [], total: 0 }];
        if (fails(stored.length)) return [{ code: "C" }, 400];
        stored.push(...body.entries.map(({ external_id: id }) => id));
        return [{ added: body.entries.length }];
      };
      return { stored, ...honoring(copy, handle, { keepsFailures: false }) };
    }
    /** @param {number} count */
    const entries = (count) => Array.from({ length: count }, (_, n) => ({ external_id: `e${n}` }));

    for (const count of [10_001, 25_000, 40_000]) {
      test(`${count} entries: every batch is stored once, even if the call is repeated`, async () => {
        const { own, stored } = blacklist();
        for (let time = 0; time < 2; time += 1) {
          const sent = await own.blacklists.addEntries("b", entries(count), { idempotencyKey: "K" });
          assert.deepEqual([sent.sent, sent.total], [count, count]);
          assert.equal(stored.length, count);
        }
        assert.equal(new Set(stored).size, count);
      });
    }

    test("batches with identical entries are all stored", async () => {
      const { own, stored } = blacklist();
      for (let time = 0; time < 2; time += 1) {
        await own.blacklists.addEntries(
          "b",
          Array.from({ length: 30_000 }, () => ({ external_id: "e" })),
          { idempotencyKey: "K" },
        );
        assert.equal(stored.length, 30_000);
      }
    });

    test("the remaining entries after a failed batch", async () => {
      let isFailing = true;
      const { own, stored } = blacklist((count) => isFailing && count === 10_000);
      const all = entries(30_000);
      const error = await rejection(own.blacklists.addEntries("b", all, { idempotencyKey: "K" }));
      assert.equal(error.partial.sent, 10_000);
      isFailing = false;
      await own.blacklists.addEntries("b", all.slice(error.partial.sent), { idempotencyKey: "K" });
      assert.deepEqual([stored.length, new Set(stored).size], [30_000, 30_000]);
    });

    test("an edit succeeds after conflicts, and is applied once if the call is repeated", async () => {
      let version = 1;
      let conflicts = 2;
      /** @type {string[]} */
      const applied = [];
      const { own, requests } = honoring(copy, ({ method, body }) => {
        if (method === "GET") return [{ id: "s", version, name: "n" }];
        if (conflicts > 0 && body.version === version) {
          conflicts -= 1;
          version += 1;
        }
        if (body.version !== version) return [{ code: "CONFLICT", message: "newer" }, 409];
        version += 1;
        applied.push(body.name);
        return [{ id: "s", version, name: body.name }];
      });
      for (let time = 0; time < 2; time += 1) {
        const edited = await own.prospectSearches.edit("s", ({ name }) => ({ name: `${name}!` }), {
          idempotencyKey: "K",
          maxRounds: 5,
        });
        assert.equal(edited.name, "n!");
      }
      assert.deepEqual(applied, ["n!"]);
      const keys = requests.filter(({ method }) => method === "PATCH").map(({ key }) => key);
      assert.equal(new Set(keys.slice(0, 3)).size, 3, "one key per conflict retry");
      assert.equal(keys[0], "K", "the first one unchanged");
      assert.ok(
        requests.every(({ method, key }) => method === "PATCH" || key === undefined),
        "reads have no key",
      );
    });

    test("pages are read without an idempotency key", async () => {
      const { own, requests } = honoring(copy, () => [
        { items: [{ id: `o${requests.length}` }], total: 3, has_more: requests.length < 3 },
      ]);
      const ids = [];
      for await (const { id } of own.orders.all({ limit: 1 }, { idempotencyKey: "K" })) ids.push(id);
      assert.deepEqual(ids, ["o1", "o2", "o3"]);
      const invalid = await rejection(own.orders.all({}, { idempotencyKey: "" }).next());
      assert.equal(invalid.option, "idempotencyKey", "an invalid key is still an error");
    });
  });
}
