// Deliveries of a prospect search.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, assertInvalid, both, ids, NOW, now } from "./setup.mjs";

// A time without an offset is UTC regardless of the time zone of the mock: this zone has another time.
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
    companies: [...companies, { id: "x", prospect_search_id: "other" }],
    prospects: [{ id: "ps_1", company_id: "c2" }],
  };
  both("have prospects, in pages, since a time", world, async ({ get }) => {
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
    for (const invalid of [
      "yesterday",
      "1700000000",
      "",
      "2026-13-01T00:00:00Z",
      "2026-01-01",
      "2026-01-01T00",
      "Jan 1 2026 00:00",
      "2026-01-01T00:00:00Zulu",
    ])
      assertInvalid(await get(`${path}?delivered_since=${invalid}`), "delivered_since");
    for (const invalid of ["limit=0", "limit=101"]) assertInvalid(await get(`${path}?${invalid}`), "limit");
    assert.equal((await get("/deliveries/empty/companies")).body.total, 0);
  });

  both(
    "without a time are listed without a filter only",
    { prospectSearches: [{ id: "s" }], companies: [{ id: "c", prospect_search_id: "s" }] },
    async ({ get }) => {
      assert.deepEqual(ids(await get("/deliveries/s/companies")), ["c"]);
      for (const since of ["1960-01-01T00:00:00Z", "1999-01-01T00:00:00Z"])
        assert.deepEqual(ids(await get(`/deliveries/s/companies?delivered_since=${since}`)), []);
    },
  );

  both(
    "reflect each change of the blacklists immediately, also between two pages",
    { ...world, blacklists: [{ id: "a" }, { id: "b" }] },
    async ({ call, get }) => {
      const path = "/deliveries/s/companies";
      const page = async (query = "") => ids(await get(`${path}?${query}`));
      const assign = (...blacklist_ids) => call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids });
      const exclude = async (list, company_name) =>
        (await call("POST", `/blacklists/${list}/entries`, { entries: [{ company_name }] })).body.items[0].id;
      const since = "delivered_since=2026-01-01T00:00:00Z";
      assert.deepEqual([await page("limit=1"), await page(since)], [["c1"], ["c2", "c3"]]);
      await assign("a");
      const entry = await exclude("a", "C2");
      assert.deepEqual([await page("limit=1&offset=1"), await page(since)], [["c3"], ["c3"]]);
      await exclude("a", "C3");
      assert.deepEqual([await page(), await page(since)], [["c1"], []]);
      await exclude("b", "C1");
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
    "are cached separately for each time and search",
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
      for (let repeat = 0; repeat < 2; repeat += 1) {
        for (const [day, expected] of Object.entries(known))
          assert.deepEqual(ids(await get(`/deliveries/s/companies?delivered_since=${day}T00:00:00Z`)), expected, day);
        assert.deepEqual(ids(await get("/deliveries/t/companies")), ["d1"]);
      }
    },
  );

  both("are generated by default", {}, async ({ get }) => {
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
    auth_token: "fake-token",
  };
  both("are registered, and their token is never returned", world, async ({ call }) => {
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

    assertInvalid(await post({}), "type", "url");
    assertInvalid(await post({ ...whole, type: "email" }), "type");
    assertInvalid(await post({ ...whole, auth_type: "basic" }), "auth_type");
    for (const url of ["hook.example", "/in", "ftp://hook.example", "", 5, null])
      assertInvalid(await post({ ...whole, url }), "url");
    assertInvalid(await post({ ...bare, auth_type }), "auth_token");
    assertInvalid(await post({ ...bare, auth_token }), "auth_type");
    assertInvalid(await post({ ...whole, auth_token: 5 }), "auth_token");
    assertError(await post("{"), 400, "INVALID_JSON");
    assertError(await post(whole, "/deliveries/9/destinations"), 404, "PROSPECT_SEARCH_NOT_FOUND");
    assertError(await post(whole, "/deliveries/8/destinations"), 404, "PROSPECT_SEARCH_NOT_FOUND");
  });
});
