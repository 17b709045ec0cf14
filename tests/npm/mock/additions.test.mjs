// Changes between two runs of a program: companies are delivered, and items are added.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { esm, mockOpenProspect, TEST_KEYS } from "../helpers/setup.mjs";

const START = Date.UTC(2026, 10, 30, 2);
const DAY = 86_400_000;

/**
 * A mock with a fake clock, and a client.
 *
 * @param {import("../../../pkg-template/testing/index.js").MockOptions} [options]
 */
function setUp(options) {
  const mock = mockOpenProspect({
    now: () => START,
    prospectSearches: [{ id: "s" }, { id: "t" }],
    companies: [],
    prospects: [],
    ...options,
  });
  const client = new esm.OpenProspect({ apiKey: TEST_KEYS.full, fetch: mock.fetch });
  /**
   * @param {string} [search]
   * @param {Date} [since]
   */
  const delivered = (search = "s", since = undefined) =>
    collect(client.deliveries.allCompanies(search, { delivered_since: since }));
  return { mock, client, delivered };
}

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("delivered_at", () => {
  /** @type {[name: string, options: import("../../../pkg-template/testing/index.js").MockOptions, count: number][]} */
  const cases = [
    ["by default", {}, 30],
    ["of many companies", { companies: 5_000 }, 5_000],
    ["with a clock in 1970", { now: () => 7 * DAY }, 30],
    ["a year before the seeded dates", { now: () => Date.UTC(2025, 0, 1), companies: 200 }, 200],
  ];
  for (const [name, options, count] of cases) {
    test(`is in the past ${name}`, async () => {
      const mock = mockOpenProspect({ prospectSearches: 1, ...options });
      const now = options.now?.() ?? Date.now();
      const client = new esm.OpenProspect({ apiKey: TEST_KEYS.full, fetch: mock.fetch });
      const {
        items: [{ id }],
      } = await client.prospectSearches.list();
      const all = await collect(client.deliveries.allCompanies(id, { limit: 100 }));
      assert.equal(all.length, count);
      const times = all.map((company) => Date.parse(company.delivered_at));
      assert.ok(
        times.every((time) => time < now),
        `${new Date(Math.max(...times)).toISOString()} is not before ${new Date(now).toISOString()}`,
      );
      assert.equal(new Set(times).size, count);
    });
  }

  test("is the same on any day while it is in the past", async () => {
    const first = async (now) => {
      const mock = mockOpenProspect({ now: () => now });
      return await (
        await mock.fetch("https://a.test/api/v1/prospects", { headers: { authorization: `Bearer ${TEST_KEYS.full}` } })
      ).text();
    };
    assert.equal(await first(START), await first(START + 400 * DAY));
  });
});

describe("deliver", () => {
  test("delivers companies with their contacts", async () => {
    const { mock, delivered } = setUp();
    assert.deepEqual(await delivered(), []);
    const [first] = mock.deliver("s", [{ id: "a", name: "Acme", prospects: [{ id: "p", email: "a@mail.example" }] }]);
    assert.deepEqual(first, {
      id: "a",
      name: "Acme",
      prospect_search_id: "s",
      delivered_at: new Date(START).toISOString(),
    });
    mock.advance(DAY);
    const more = mock.deliver("s", 120);
    assert.equal(new Set(more.map(({ id }) => id)).size, 120);
    assert.ok(
      more.every(
        ({ delivered_at: at, name }) => at === new Date(START + DAY).toISOString() && typeof name === "string",
      ),
    );
    const all = await delivered();
    assert.deepEqual(
      [all.length, all[0].prospects],
      [121, [{ id: "p", email: "a@mail.example", company_id: "a", prospect_search_id: "s" }]],
    );
    assert.deepEqual(
      (await delivered("s", new Date(START + 1))).map(({ id }) => id),
      more.map(({ id }) => id),
    );
    assert.deepEqual(await delivered("t"), []);
  });

  test("a company that is delivered again replaces the previous version, and is last", async () => {
    const { mock, delivered } = setUp();
    mock.deliver("s", [{ id: "a", version: 1, prospects: [{ id: "p" }] }, { id: "b" }]);
    mock.advance(1000);
    mock.deliver("s", [{ id: "a", version: 2 }]);
    assert.deepEqual(
      (await delivered()).map(({ id, version, prospects }) => [id, version, prospects.length]),
      [
        ["b", undefined, 0],
        ["a", 2, 1],
      ],
    );
    assert.deepEqual(
      (await delivered("s", new Date(START))).map(({ id }) => id),
      ["a"],
    );
    mock.deliver("s", [{ id: "a", version: 3, prospects: [] }]);
    assert.deepEqual((await delivered()).at(-1).prospects, []);
  });

  test("keeps a delivery time, and copies values as JSON", async () => {
    const { mock, delivered } = setUp();
    const seed = { id: "a", delivered_at: new Date(5), nested: { list: [1] } };
    const [own] = mock.deliver("s", [seed]);
    own.nested.list.push(2);
    seed.nested.list.push(3);
    const [found] = await delivered();
    assert.deepEqual([found.delivered_at, found.nested], ["1970-01-01T00:00:00.005Z", { list: [1] }]);
  });

  test("an invalid argument is a TypeError, and nothing is delivered", async () => {
    const { mock, delivered } = setUp();
    for (const [search, companies] of [
      ["unknown", 1],
      ["s", -1],
      ["s", 1.5],
      ["s", "a"],
      ["s", [5]],
      ["s", [null]],
      ["s", undefined],
      ["s", [{ id: "a" }, { id: "b", prospects: 5 }]],
    ]) {
      assert.throws(() => mock.deliver(search, companies), { name: "TypeError", message: /^deliver: expected / });
    }
    assert.deepEqual(await delivered(), []);
  });

  test("affects lists of companies and respects blacklists", async () => {
    const id = "00000000-0000-4000-8000-000000000001";
    const { mock, client, delivered } = setUp({ blacklists: [{ id: "l" }], prospectSearches: [{ id }] });
    await client.prospectSearches.setBlacklists(id, ["l"]);
    await client.blacklists.addEntries("l", [{ company_name: "Excluded" }]);
    mock.deliver(id, [
      { id: "a", name: "Excluded" },
      { id: "b", name: "Other" },
    ]);
    assert.deepEqual(
      (await delivered(id)).map(({ id }) => id),
      ["b"],
    );
    const listed = async () =>
      (await client.companies.list({ prospect_search_id: id, search: "zebra" })).items.map(({ id }) => id);
    assert.deepEqual(await listed(), []);
    mock.deliver(id, [{ id: "c", name: "Zebra" }]);
    assert.deepEqual(await listed(), ["c"]);
    mock.deliver(id, [{ id: "b", name: "Other", prospects: [{ first_name: "zebra" }] }]);
    assert.deepEqual((await listed()).sort(), ["b", "c"]);
  });
});

describe("add", () => {
  test("adds items of each kind, provided and generated", async () => {
    const { mock, client } = setUp();
    for (const kind of ["orders", "prospectSearches", "blacklists", "searchProfiles", "companies", "prospects"]) {
      const [added] = mock.add(kind, [{ id: `own-${kind}`, name: "mine" }]);
      assert.deepEqual([added.id, added.name], [`own-${kind}`, "mine"]);
      assert.equal(new Set(mock.add(kind, 3).map(({ id }) => id)).size, 3);
    }
    assert.equal((await client.orders.get("own-orders")).name, "mine");
    assert.equal((await client.prospectSearches.get("own-prospectSearches")).version, 1);
    assert.equal((await client.blacklists.get("own-blacklists")).name, "mine");
    assert.equal((await client.companies.get("own-companies")).name, "mine");
    assert.ok((await collect(client.orders.all())).length >= 4);
  });

  test("states begin when an item is added", async () => {
    const { mock, client } = setUp();
    mock.advance(DAY);
    mock.add("orders", [{ id: "a", status: "IN_PROGRESS" }]);
    assert.equal((await client.orders.get("a")).status, "IN_PROGRESS");
    mock.advance(600_000);
    assert.equal((await client.orders.get("a")).status, "COMPLETED");
  });

  test("adds items of another organization, and rejects invalid arguments", async () => {
    const { mock, client } = setUp({ keys: { lnc_test_other: { scopes: ["orders:read"], organisation: "org_x" } } });
    mock.add("orders", [{ id: "theirs", organisation: "org_x" }]);
    await assert.rejects(client.orders.get("theirs"), { code: "ORDER_NOT_FOUND" });
    const other = new esm.OpenProspect({ apiKey: "lnc_test_other", fetch: mock.fetch });
    assert.equal((await other.orders.get("theirs")).id, "theirs");
    const invalid = [
      ["entries", 1],
      ["toString", 1],
      ["orders", -1],
      ["orders", [1]],
      ["orders", [{ id: "theirs", organisation: "org_x" }]],
      ["orders", [{ id: "new" }, { id: "new" }]],
    ];
    for (const [kind, items] of invalid)
      assert.throws(() => mock.add(kind, items), { name: "TypeError", message: /^add: expected / });
    await assert.rejects(client.orders.get("new"), { code: "ORDER_NOT_FOUND" });
  });
});
