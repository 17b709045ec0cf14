// What is delivered for a prospect search.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, ids, invalid, NOW, now, refused } from "./setup.mjs";

// A time without an offset is UTC wherever the mock runs: here that is told apart from the time of this zone.
process.env.TZ = "Pacific/Kiritimati";

describe("deliveries", () => {
  const companies = [1, 2, 3].map((day) => ({
    id: `c${day}`,
    name: `C${day}`,
    prospect_search_id: "s",
    delivered_at: `2026-01-0${day}T00:00:00Z`,
  }));
  const world = {
    prospectSearches: [{ id: "s" }, { id: "empty" }],
    companies: [...companies, { id: "x", prospect_search_id: "elsewhere" }],
    prospects: [{ id: "ps_1", company_id: "c2" }],
  };
  both("come with prospects, by pages, since a time", world, async ({ get }) => {
    const path = "/deliveries/s/companies";
    const all = (await get(path)).body;
    assert.deepEqual(
      [Object.keys(all), all.total, all.limit],
      [["items", "total", "limit", "offset", "has_more"], 3, 50],
    );
    assert.deepEqual(
      all.items.map(({ id, prospects }) => [id, prospects.length]),
      [
        ["c1", 0],
        ["c2", 1],
        ["c3", 0],
      ],
    );
    const page = async (query) => ids(await get(`${path}?${query}`));
    assert.deepEqual(await page("limit=1&offset=1"), ["c2"]);
    assert.deepEqual(await page("delivered_since=2026-01-02T00:00:00Z"), ["c3"]);
    assert.deepEqual(await page("delivered_since=2026-01-02T00:59:00%2B01:00"), ["c2", "c3"]);
    assert.deepEqual(await page("delivered_since=2026-01-01T12:00:00"), ["c2", "c3"]);
    assert.deepEqual(
      [await page("delivered_since=1970-01-01T00:00:00Z"), await page("delivered_since=2026-01-01T00:00")],
      [
        ["c1", "c2", "c3"],
        ["c2", "c3"],
      ],
    );
    for (const wrong of [
      "yesterday",
      "1700000000",
      "",
      "2026-13-01T00:00:00Z",
      "2026-01-01",
      "2026-01-01T00",
      "Jan 1 2026 00:00",
      "2026-01-01T00:00:00Zulu",
    ])
      invalid(await get(`${path}?delivered_since=${wrong}`), "delivered_since");
    for (const wrong of ["limit=0", "limit=101"]) invalid(await get(`${path}?${wrong}`), "limit");
    assert.equal((await get("/deliveries/empty/companies")).body.total, 0);
  });

  both(
    "are always there without a time, and thus new after none",
    { prospectSearches: [{ id: "s" }], companies: [{ id: "c", prospect_search_id: "s" }] },
    async ({ get }) => {
      assert.deepEqual(ids(await get("/deliveries/s/companies")), ["c"]);
      for (const since of ["1960-01-01T00:00:00Z", "1999-01-01T00:00:00Z"])
        assert.deepEqual(ids(await get(`/deliveries/s/companies?delivered_since=${since}`)), []);
    },
  );

  both(
    "follow each change of the blacklists at once, between two pages too",
    { ...world, blacklists: [{ id: "a" }, { id: "b" }] },
    async ({ call, get }) => {
      const path = "/deliveries/s/companies";
      const page = async (query = "") => ids(await get(`${path}?${query}`));
      const assign = (...blacklist_ids) => call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids });
      const bar = async (list, company_name) =>
        (await call("POST", `/blacklists/${list}/entries`, { entries: [{ company_name }] })).body.items[0].id;
      const since = "delivered_since=2026-01-01T00:00:00Z";
      assert.deepEqual([await page("limit=1"), await page(since)], [["c1"], ["c2", "c3"]]);
      await assign("a");
      const entry = await bar("a", "C2");
      assert.deepEqual([await page("limit=1&offset=1"), await page(since)], [["c3"], ["c3"]]);
      await bar("a", "C3");
      assert.deepEqual([await page(), await page(since)], [["c1"], []]);
      await bar("b", "C1");
      assert.deepEqual(await page(), ["c1"]);
      await assign("a", "b");
      assert.deepEqual(await page(), []);
      await call("DELETE", "/blacklists/a/entries", { entry_ids: [entry] });
      assert.deepEqual([await page(), await page(since)], [["c2"], ["c2"]]);
      await assign("b");
      assert.deepEqual(
        [await page(), await page(since)],
        [
          ["c2", "c3"],
          ["c2", "c3"],
        ],
      );
      await call("DELETE", "/blacklists/b");
      assert.deepEqual(await page(), ["c1", "c2", "c3"]);
    },
  );

  both(
    "are told apart by each time and search that is asked for",
    {
      ...world,
      prospectSearches: [{ id: "s" }, { id: "t" }],
      companies: [...companies, { id: "d1", prospect_search_id: "t" }],
    },
    async ({ get }) => {
      const known = {
        "2025-12-31": ["c1", "c2", "c3"],
        "2026-01-01": ["c2", "c3"],
        "2026-01-02": ["c3"],
        "2026-01-03": [],
        "2026-01-04": [],
      };
      for (let round = 0; round < 2; round += 1) {
        for (const [day, expected] of Object.entries(known))
          assert.deepEqual(ids(await get(`/deliveries/s/companies?delivered_since=${day}T00:00:00Z`)), expected, day);
        assert.deepEqual(ids(await get("/deliveries/t/companies")), ["d1"]);
      }
    },
  );

  both("are there without being given", {}, async ({ get }) => {
    const [search] = (await get("/prospect-searches")).body.items;
    const { items } = (await get(`/deliveries/${search.id}/companies`)).body;
    assert.ok(items.length > 0 && items.some(({ prospects }) => prospects.length > 0));
    for (const { id, name } of items) assert.deepEqual([typeof id, typeof name], ["string", "string"]);
  });
});

describe("destinations of deliveries", () => {
  const world = { now, prospectSearches: [{ id: "7" }, { id: "8", organisation: "org_neighbour" }] };
  const whole = {
    type: "webhook",
    url: "https://hook.example/in?a=1",
    auth_type: "bearer",
    auth_token: "made-up-token",
  };
  both("are registered, and never show their token", world, async ({ call }) => {
    const post = (body, path = "/deliveries/7/destinations") => call("POST", path, body);
    const made = await post(whole);
    assert.equal(made.status, 201);
    const { id, ...rest } = made.body;
    assert.deepEqual(rest, {
      type: "webhook",
      url: whole.url,
      auth_type: "bearer",
      delivery_id: "7",
      created_at: new Date(NOW).toISOString(),
    });
    assert.equal(typeof id, "string");
    assert.ok(!made.text.includes(whole.auth_token));
    assert.notEqual((await post(whole)).body.id, id);
    const { auth_type, auth_token, ...bare } = whole;
    assert.equal((await post(bare)).status, 201);
    assert.equal((await post({ ...bare, url: "http://127.0.0.1:1/" })).status, 201);

    invalid(await post({}), "type", "url");
    invalid(await post({ ...whole, type: "email" }), "type");
    invalid(await post({ ...whole, auth_type: "basic" }), "auth_type");
    for (const url of ["hook.example", "/in", "ftp://hook.example", "", 5, null])
      invalid(await post({ ...whole, url }), "url");
    invalid(await post({ ...bare, auth_type }), "auth_token");
    invalid(await post({ ...bare, auth_token }), "auth_type");
    invalid(await post({ ...whole, auth_token: 5 }), "auth_token");
    refused(await post("{"), 400, "INVALID_JSON");
    refused(await post(whole, "/deliveries/9/destinations"), 404, "PROSPECT_SEARCH_NOT_FOUND");
    refused(await post(whole, "/deliveries/8/destinations"), 404, "PROSPECT_SEARCH_NOT_FOUND");
  });
});
