// What a mock begins with, and the options that say so.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer, carry, FULL, mockOpenProspect, TEST_KEYS } from "./setup.mjs";

describe("determinism", () => {
  const world = async (options) => {
    const { call, get } = carry(mockOpenProspect({ now: () => 0, ...options }));
    const made = await call("POST", "/orders", {});
    const lists = await Promise.all(["orders", "prospect-searches", "blacklists"].map((path) => get(`/${path}`)));
    const other = await get("/orders", { key: TEST_KEYS.otherOrg });
    return [made, ...lists, other].map(({ text }) => text);
  };

  test("one seed gives one world, another seed another", async () => {
    assert.deepEqual(await world(), await world({ seed: 1 }));
    const [one, two] = [await world({ seed: 1 }), await world({ seed: 2 })];
    for (const [index, text] of one.entries()) assert.notEqual(text, two[index]);
  });

  test("more of one kind leaves the others alone", async () => {
    const [few, many] = [await world(), await world({ orders: 80 })];
    assert.notEqual(few[1], many[1]);
    assert.deepEqual([few[2], few[3]], [many[2], many[3]]);
  });

  test("every documented status is there, and two organisations share nothing", async () => {
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

  test("what belongs to nothing is there all the same", async () => {
    const { get } = carry(mockOpenProspect({ prospectSearches: 0, companies: 3, prospects: 3 }));
    const { items } = (await get("/prospects")).body;
    assert.equal(items.length, 3);
    for (const { company_id, prospect_search_id } of items)
      assert.equal((await get(`/companies/${company_id}`)).body.prospect_search_id, prospect_search_id);
    const stray = (await carry(mockOpenProspect({ companies: 0, prospects: 2 })).get("/prospects")).body.items;
    for (const { company_id } of stray) assert.equal(typeof company_id, "string");
  });

  test("given items belong to whom they say", async () => {
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
