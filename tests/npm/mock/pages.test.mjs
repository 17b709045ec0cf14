// Pagination of lists.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, both, connect, mockOpenProspect } from "./setup.mjs";

const S = "11111111-1111-4111-8111-111111111111";

describe("pages", () => {
  both("orders default to limit 50 and offset 0, with has_more", { orders: 120 }, async ({ get }) => {
    const first = (await get("/orders")).body;
    assert.deepEqual(Object.keys(first), ["items", "total", "limit", "offset", "has_more"]);
    assert.deepEqual(
      [first.items.length, first.total, first.limit, first.offset, first.has_more],
      [50, 120, 50, 0, true],
    );
    const found = new Set();
    for (let offset = 0; offset < 120; offset += 50) {
      const { items, has_more } = (await get(`/orders?limit=50&offset=${offset}`)).body;
      assert.equal(has_more, offset < 100);
      for (const { id } of items) found.add(id);
    }
    assert.equal(found.size, 120);
    const beyond = (await get("/orders?offset=500&limit=100")).body;
    assert.deepEqual([beyond.items, beyond.has_more, beyond.limit], [[], false, 100]);
    assert.equal((await get("/orders?offset=20&limit=100")).body.has_more, false);
  });

  both("prospect searches have no has_more, blacklists do", {}, async ({ get }) => {
    assert.deepEqual(Object.keys((await get("/prospect-searches?limit=2")).body), [
      "items",
      "total",
      "limit",
      "offset",
    ]);
    assert.equal((await get("/blacklists?limit=1")).body.has_more, true);
  });

  both("an invalid limit or offset is 422 with the field, the reason and the value", {}, async ({ get }) => {
    for (const [query, field, provided] of [
      ["limit=0", "limit", "0"],
      ["limit=101", "limit", "101"],
      ["limit=ten", "limit", "ten"],
      ["limit=", "limit", ""],
      ["limit=1.5", "limit", "1.5"],
      ["offset=-1", "offset", "-1"],
      ["offset=x", "offset", "x"],
    ]) {
      for (const path of ["orders", "prospect-searches", "blacklists"]) {
        const response = await get(`/${path}?${query}`);
        assertError(response, 422, "VALIDATION_ERROR");
        const [problem] = response.body.details.validation_errors;
        assert.deepEqual([problem.field, problem.provided], [field, provided]);
        assert.match(
          problem.error,
          { 0: /at least 1$/, 101: /at most 100$/, "-1": /at least 0$/ }[provided] ?? /whole number/,
        );
      }
    }
    assert.equal((await get("/orders?limit=0&offset=-1")).body.details.validation_errors.length, 2);
    assert.equal((await get("/orders?limit=1")).body.items.length, 1);
    assert.equal((await get("/orders?limit=100")).status, 200);
  });
});

// Without caching, computing the list for each of the thousand pages takes minutes.
test("100,000 companies are paginated, also with filters and blacklists", { timeout: 20_000 }, async () => {
  const companies = Array.from({ length: 100_000 }, (_, index) => ({
    id: `c${index}`,
    name: `n${index}`,
    prospect_search_id: S,
    match_score: 5,
    delivered_at: index < 100 ? "2026-01-01T00:00:00Z" : "2026-01-02T00:00:00Z",
  }));
  const { call, get } = connect(
    mockOpenProspect({ prospectSearches: [{ id: S }], blacklists: [{ id: "b" }], companies }),
  );
  const count = async (path) => {
    const found = new Set();
    for (let offset = 0, more = true; more; offset += 100) {
      const { items, has_more } = (await get(`${path}&limit=100&offset=${offset}`)).body;
      for (const { id } of items) found.add(id);
      more = has_more;
    }
    return found.size;
  };
  const delivered = `/deliveries/${S}/companies?`;
  assert.equal(await count(`${delivered}a=1`), 100_000);
  assert.equal(await count(`/companies?prospect_search_id=${S}&min_match_score=1&search=n`), 100_000);
  await call("POST", "/blacklists/b/entries", {
    entries: Array.from({ length: 10_000 }, (_, index) => ({ company_name: `n${index * 2}` })),
  });
  await call("PUT", `/prospect-searches/${S}/blacklists`, { blacklist_ids: ["b"] });
  assert.equal(await count(`${delivered}a=1`), 90_000);
  assert.equal(await count(`${delivered}delivered_since=2026-01-01T00:00:00Z`), 89_950);
});
