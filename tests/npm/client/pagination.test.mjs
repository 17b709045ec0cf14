// Iterators over all pages of a list.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, QUICK, listen, serve } from "../helpers/setup.mjs";

/**
 * A page, as `limit` and `offset` select it.
 *
 * @typedef {{ items: { id: number }[], total: number, limit: number, offset: number, has_more: boolean }} Page
 */

/**
 * A client of a server with a list of numbers, in one of the documented envelopes; and the offsets that it requested.
 *
 * @param {import("node:test").TestContext} t
 * @param {any} copy of the package
 * @param {number} count of the items
 * @param {(page: Page) => object} envelope
 */
async function numbers(t, copy, count, envelope = (page) => page, limit = 50) {
  /** @type {number[]} */
  const offsets = [];
  const url = await listen(t, (request, response) => {
    const query = new URL(request.url, "http://a").searchParams;
    const size = Number(query.get("limit") ?? limit);
    const offset = Number(query.get("offset"));
    offsets.push(offset);
    const items = Array.from({ length: Math.max(0, Math.min(size, count - offset)) }, (_, index) => ({
      id: offset + index,
    }));
    const page = { items, total: count, limit: size, offset, has_more: offset + items.length < count };
    response.end(JSON.stringify(envelope(page)));
  });
  return { offsets, client: new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK }) };
}

/** @type {[name: string, envelope: (page: Page) => object][]} */
const ENVELOPES = [
  ["all keys", (page) => page],
  ["without has_more", ({ has_more, ...page }) => page],
  ["without has_more and total", ({ has_more, total, ...page }) => page],
  ["under the name of the resource", ({ items, limit, offset, has_more, ...page }) => ({ orders: items, ...page })],
  ["only the list", ({ items }) => ({ items })],
];

/** @param {AsyncIterable<{ id: number }>} iterator */
async function collect(iterator) {
  const all = [];
  for await (const item of iterator) all.push(item.id);
  return all;
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [name, envelope] of ENVELOPES) {
      test(`every item once: ${name}`, async (t) => {
        for (const count of [0, 1, 50, 51, 120]) {
          const { client } = await numbers(t, copy, count, envelope);
          assert.deepEqual(
            await collect(client.orders.all()),
            Array.from({ length: count }, (_, id) => id),
            `${count}`,
          );
        }
      });
    }

    for (const [limit, offset] of [
      ["10", "5"],
      [10n, 5n],
    ]) {
      test(`a limit and an offset of type ${typeof offset} are kept`, async (t) => {
        const { offsets, client } = await numbers(t, copy, 30);
        assert.deepEqual(
          await collect(client.orders.all({ limit, offset })),
          Array.from({ length: 25 }, (_, id) => id + 5),
        );
        assert.deepEqual(offsets, [5, 15, 25]);
      });
    }

    test("limit and offset are kept", async (t) => {
      const { client, offsets } = await numbers(t, copy, 30);
      assert.deepEqual(
        await collect(client.orders.all({ limit: 10, offset: 5 })),
        Array.from({ length: 25 }, (_, id) => id + 5),
      );
      assert.deepEqual(offsets, [5, 15, 25]);
    });

    test("a page is fetched only when its first item is requested", async (t) => {
      const { client, offsets } = await numbers(t, copy, 100);
      const iterator = client.orders.all({ limit: 10 });
      assert.equal(iterator[Symbol.asyncIterator](), iterator);
      assert.deepEqual(offsets, []);
      for (let item = 0; item < 10; item += 1) await iterator.next();
      assert.deepEqual(offsets, [0]);
      await iterator.next();
      assert.deepEqual(offsets, [0, 10]);
    });

    test("a break ends the iteration", async (t) => {
      const { client, offsets } = await numbers(t, copy, 1000);
      for await (const item of client.orders.all()) {
        assert.equal(item.id, 0);
        break;
      }
      assert.deepEqual(offsets, [0]);
    });

    test("a server that repeats a page forever causes a DecodeError", async (t) => {
      for (const items of [[{ id: 1 }], [{ id: 1 }, { id: 2 }]]) {
        let requests = 0;
        const url = await listen(t, (_, response) => {
          requests += 1;
          response.end(JSON.stringify({ items, has_more: true }));
        });
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
        await assert.rejects(
          collect(client.orders.all()),
          (/** @type {any} */ error) => error instanceof copy.DecodeError && error.path === "/api/v1/orders",
        );
        assert.ok(requests <= 3, `${requests} requests`);
      }
    });

    /** @type {[what: string, counts: (items: unknown[]) => object, size?: number][]} */
    const COUNTS = [
      ["no counts", () => ({})],
      ["a total that is too low", () => ({ total: 12 })],
      ["a total that is too high", () => ({ total: 100_000 })],
      ["a total of 0", () => ({ total: 0, limit: 100 })],
      ["pages shorter than the limit", () => ({}), 37],
      ["shorter pages, and the count of the page as total", (items) => ({ total: items.length }), 37],
      ["pages of one", () => ({}), 1],
    ];
    for (const [what, counts, size = 100] of COUNTS) {
      test(`without has_more a list ends with an empty page: ${what}`, async (t) => {
        const count = size === 1 ? 5 : 230;
        let requests = 0;
        const url = await listen(t, (request, response) => {
          requests += 1;
          const { searchParams: query } = new URL(request.url, "http://x");
          const offset = Number(query.get("offset"));
          const items = Array.from(
            { length: Math.max(0, Math.min(size, Number(query.get("limit")), count - offset)) },
            (_, n) => ({ id: offset + n }),
          );
          response.end(JSON.stringify({ items, ...counts(items) }));
        });
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
        const all = await collect(client.orders.all({ limit: 100 }));
        assert.deepEqual(
          all,
          Array.from({ length: count }, (_, n) => n),
        );
        assert.equal(requests, Math.ceil(count / size) + 1);
      });
    }

    for (const count of [1, 2, 49]) {
      test(`a server without pagination: each of its ${count} items once`, async (t) => {
        const items = Array.from({ length: count }, (_, id) => ({ id }));
        const url = await listen(t, (_, response) => response.end(JSON.stringify({ items })));
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
        for (const query of [{}, { limit: 100 }])
          assert.deepEqual(
            await collect(client.orders.all(query)),
            items.map(({ id }) => id),
          );
      });
    }

    test("a server that repeats an offset causes a DecodeError", async (t) => {
      let id = 0;
      const url = await listen(t, (_, response) =>
        response.end(JSON.stringify({ items: [{ id: (id += 1) }], offset: 0, has_more: true })),
      );
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
      await assert.rejects(collect(client.orders.all()), copy.DecodeError);
    });

    test("lists of a resource, and an abort between two pages", async (t) => {
      const { client } = await numbers(t, copy, 120);
      assert.equal((await collect(client.deliveries.allCompanies("s"))).length, 120);
      assert.equal((await collect(client.blacklists.allEntries("b", { limit: 100 }))).length, 120);
      const controller = new AbortController();
      const iterator = client.companies.all({ limit: 1 }, { signal: controller.signal });
      await iterator.next();
      controller.abort("enough");
      await assert.rejects(iterator.next(), (reason) => reason === "enough");
      assert.equal((await iterator.next()).done, true);
    });

    test("invalid arguments reject the first next()", async (t) => {
      const client = (await serve(t)).client({}, copy);
      await assert.rejects(client.blacklists.allEntries("").next(), copy.ConfigurationError);
      await assert.rejects(client.orders.all("x").next(), copy.ConfigurationError);
    });
  });
}
