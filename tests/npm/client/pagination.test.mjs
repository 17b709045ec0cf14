// Lists that are gone through page by page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, QUICK, listen, serve } from "../helpers/setup.mjs";

/** A server with a list of numbers, in one of the documented envelopes. */
async function numbers(t, copy, count, envelope = (page) => page, limit = 50) {
  const seen = [];
  const url = await listen(t, (request, response) => {
    const asked = new URL(request.url, "http://a").searchParams;
    const size = Number(asked.get("limit") ?? limit);
    const offset = Number(asked.get("offset"));
    seen.push(offset);
    const items = Array.from({ length: Math.max(0, Math.min(size, count - offset)) }, (_, index) => ({
      id: offset + index,
    }));
    const page = { items, total: count, limit: size, offset, has_more: offset + items.length < count };
    response.end(JSON.stringify(envelope(page)));
  });
  return { seen, client: new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK }) };
}

const ENVELOPES = [
  ["all keys", (page) => page],
  ["without has_more", ({ has_more, ...page }) => page],
  ["without has_more and total", ({ has_more, total, ...page }) => page],
  ["under its own name", ({ items, limit, offset, has_more, ...page }) => ({ orders: items, ...page })],
  ["nothing but the list", ({ items }) => ({ items })],
];

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
        const { seen, client } = await numbers(t, copy, 30);
        assert.deepEqual(
          await collect(client.orders.all({ limit, offset })),
          Array.from({ length: 25 }, (_, id) => id + 5),
        );
        assert.deepEqual(seen, [5, 15, 25]);
      });
    }

    test("limit and offset are kept", async (t) => {
      const { client, seen } = await numbers(t, copy, 30);
      assert.deepEqual(
        await collect(client.orders.all({ limit: 10, offset: 5 })),
        Array.from({ length: 25 }, (_, id) => id + 5),
      );
      assert.deepEqual(seen, [5, 15, 25]);
    });

    test("nothing is fetched until asked, and no page ahead", async (t) => {
      const { client, seen } = await numbers(t, copy, 100);
      const iterator = client.orders.all({ limit: 10 });
      assert.equal(iterator[Symbol.asyncIterator](), iterator);
      assert.deepEqual(seen, []);
      for (let item = 0; item < 10; item += 1) await iterator.next();
      assert.deepEqual(seen, [0]);
      await iterator.next();
      assert.deepEqual(seen, [0, 10]);
    });

    test("a break ends it", async (t) => {
      const { client, seen } = await numbers(t, copy, 1000);
      for await (const item of client.orders.all()) {
        assert.equal(item.id, 0);
        break;
      }
      assert.deepEqual(seen, [0]);
    });

    test("a server that repeats a page for ever is refused", async (t) => {
      for (const items of [[{ id: 1 }], [{ id: 1 }, { id: 2 }]]) {
        let requests = 0;
        const url = await listen(t, (_, response) => {
          requests += 1;
          response.end(JSON.stringify({ items, has_more: true }));
        });
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
        await assert.rejects(
          collect(client.orders.all()),
          (error) => error instanceof copy.DecodeError && error.path === "/api/v1/orders",
        );
        assert.ok(requests <= 3, `${requests} requests`);
      }
    });

    for (const [what, tell, size = 100] of [
      ["nothing is told", () => ({})],
      ["a total that is too low", () => ({ total: 12 })],
      ["a total that is too high", () => ({ total: 100_000 })],
      ["a total that says that there is nothing", () => ({ total: 0, limit: 100 })],
      ["pages shorter than asked for", () => ({}), 37],
      ["shorter pages, and a total that is the page's", (items) => ({ total: items.length }), 37],
      ["pages of one", () => ({}), 1],
    ]) {
      test(`without has_more a list goes on until a page is empty: ${what}`, async (t) => {
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
          response.end(JSON.stringify({ items, ...tell(items) }));
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
      test(`a server without pages gives each of its ${count} items once`, async (t) => {
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

    test("a server that stays at an offset is refused", async (t) => {
      let id = 0;
      const url = await listen(t, (_, response) =>
        response.end(JSON.stringify({ items: [{ id: (id += 1) }], offset: 0, has_more: true })),
      );
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: url, ...QUICK });
      await assert.rejects(collect(client.orders.all()), copy.DecodeError);
    });

    test("lists below an id, and an abort in their midst", async (t) => {
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

    test("wrong arguments are refused when the first item is asked for", async (t) => {
      const client = (await serve(t)).client({}, copy);
      await assert.rejects(client.blacklists.allEntries("").next(), copy.ConfigurationError);
      await assert.rejects(client.orders.all("x").next(), copy.ConfigurationError);
    });
  });
}
