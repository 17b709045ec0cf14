// What is delivered for a prospect search.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, invalid } from "./mock-help.mjs";

describe("deliveries", () => {
  const companies = [1, 2, 3].map((day) => ({ id: `c${day}`, name: `C${day}`, prospect_search_id: "s", delivered_at: `2026-01-0${day}T00:00:00Z` }));
  const world = { prospectSearches: [{ id: "s" }, { id: "empty" }], companies: [...companies, { id: "x", prospect_search_id: "empty-not" }], prospects: [{ id: "ps_1", company_id: "c2" }] };
  both("come with prospects, by pages, since a time", world, async ({ get }) => {
    const path = "/deliveries/s/companies";
    const all = (await get(path)).body;
    assert.deepEqual([Object.keys(all), all.total, all.limit], [["items", "total", "limit", "offset", "has_more"], 3, 50]);
    assert.deepEqual(all.items.map(({ id, prospects }) => [id, prospects.length]), [["c1", 0], ["c2", 1], ["c3", 0]]);
    const ids = async (query) => (await get(`${path}?${query}`)).body.items.map(({ id }) => id);
    assert.deepEqual(await ids("limit=1&offset=1"), ["c2"]);
    assert.deepEqual(await ids("delivered_since=2026-01-02T00:00:00Z"), ["c3"]);
    assert.deepEqual(await ids("delivered_since=2026-01-02T00:59:00%2B01:00"), ["c2", "c3"]);
    assert.deepEqual(await ids("delivered_since=2026-01-01T12:00:00"), ["c2", "c3"]);
    for (const wrong of ["yesterday", "1700000000", "", "2026-13-01T00:00:00Z"]) invalid(await get(`${path}?delivered_since=${wrong}`), "delivered_since");
    for (const wrong of ["limit=0", "limit=101"]) invalid(await get(`${path}?${wrong}`), "limit");
    assert.equal((await get("/deliveries/empty/companies")).body.total, 0);
  });

  both("are there without being given", {}, async ({ get }) => {
    const [search] = (await get("/prospect-searches")).body.items;
    const { items } = (await get(`/deliveries/${search.id}/companies`)).body;
    assert.ok(items.length > 0 && items.some(({ prospects }) => prospects.length > 0));
    for (const { id, name } of items) assert.deepEqual([typeof id, typeof name], ["string", "string"]);
  });
});
