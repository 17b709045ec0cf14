// The initial data of a mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer, connect, FULL, mockOpenProspect, TEST_KEYS } from "./setup.mjs";

describe("determinism", () => {
  const world = async (options) => {
    const { call, get } = connect(mockOpenProspect({ now: () => 0, ...options }));
    const made = await call("POST", "/orders", {});
    const lists = await Promise.all(["orders", "prospect-searches", "blacklists"].map((path) => get(`/${path}`)));
    const other = await get("/orders", { key: TEST_KEYS.otherOrg });
    return [made, ...lists, other].map(({ text }) => text);
  };

  test("one seed always produces the same data, another seed other data", async () => {
    assert.deepEqual(await world(), await world({ seed: 1 }));
    const [one, two] = [await world({ seed: 1 }), await world({ seed: 2 })];
    for (const [index, text] of one.entries()) assert.notEqual(text, two[index]);
  });

  test("more items of one kind do not change the others", async () => {
    const [few, many] = [await world(), await world({ orders: 80 })];
    assert.notEqual(few[1], many[1]);
    assert.deepEqual([few[2], few[3]], [many[2], many[3]]);
  });

  test("every documented status occurs, and two organizations share nothing", async () => {
    const [, orders, , , other] = (await world({ orders: 25 })).map((text) => JSON.parse(text));
    assert.deepEqual([...new Set(orders.items.map((order) => order.status))].sort(), [
      "ACCEPTED",
      "CANCELLED",
      "COMPLETED",
      "FAILED",
      "IN_PROGRESS",
      "RECEIVED",
      "REJECTED",
    ]);
    const ids = new Set(orders.items.map((order) => order.id));
    assert.equal(ids.size, 26);
    assert.equal(other.total, 25);
    assert.ok(other.items.every((order) => !ids.has(order.id)));
  });

  test("items without a parent are generated, too", async () => {
    const { get } = connect(mockOpenProspect({ prospectSearches: 0, companies: 3, prospects: 3 }));
    const { items } = (await get("/prospects")).body;
    assert.equal(items.length, 3);
    for (const { company_id, prospect_search_id } of items)
      assert.equal((await get(`/companies/${company_id}`)).body.prospect_search_id, prospect_search_id);
    const orphans = (await connect(mockOpenProspect({ companies: 0, prospects: 2 })).get("/prospects")).body.items;
    for (const { company_id } of orphans) assert.equal(typeof company_id, "string");
  });

  test("provided items belong to their organization", async () => {
    const mock = mockOpenProspect({
      blacklists: [{ name: "ours" }, { name: "theirs", organisation: "org_x" }],
      keys: { k: { scopes: ["blacklists:read"], organisation: "org_x" } },
    });
    const names = async (key) =>
      (await (await mock.fetch("https://x.test/api/v1/blacklists", { headers: bearer(key) })).json()).items.map(
        ({ id, ...rest }) => (assert.ok(id), rest),
      );
    assert.deepEqual(await names(FULL), [{ name: "ours" }]);
    assert.deepEqual(await names("k"), [{ name: "theirs" }]);
  });
});
