// Lists, page by page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, FULL, mockOpenProspect, refused } from "./mock-help.mjs";

describe("pages", () => {
  both("orders default to 50 from 0, and tell whether more follow", { orders: 120 }, async ({ get }) => {
    const first = (await get("/orders")).body;
    assert.deepEqual(Object.keys(first), ["items", "total", "limit", "offset", "has_more"]);
    assert.deepEqual([first.items.length, first.total, first.limit, first.offset, first.has_more], [50, 120, 50, 0, true]);
    const seen = new Set();
    for (let offset = 0; offset < 120; offset += 50) {
      const { items, has_more } = (await get(`/orders?limit=50&offset=${offset}`)).body;
      assert.equal(has_more, offset < 100);
      for (const { id } of items) seen.add(id);
    }
    assert.equal(seen.size, 120);
    const beyond = (await get("/orders?offset=500&limit=100")).body;
    assert.deepEqual([beyond.items, beyond.has_more, beyond.limit], [[], false, 100]);
    assert.equal((await get("/orders?offset=20&limit=100")).body.has_more, false);
  });

  both("prospect searches come without has_more, blacklists with it", {}, async ({ get }) => {
    assert.deepEqual(Object.keys((await get("/prospect-searches?limit=2")).body), ["items", "total", "limit", "offset"]);
    assert.equal((await get("/blacklists?limit=1")).body.has_more, true);
  });

  both("a wrong limit or offset is 422 with the field, the reason and the value", {}, async ({ get }) => {
    for (const [query, field, provided] of [["limit=0", "limit", "0"], ["limit=101", "limit", "101"], ["limit=ten", "limit", "ten"], ["limit=", "limit", ""], ["limit=1.5", "limit", "1.5"], ["offset=-1", "offset", "-1"], ["offset=x", "offset", "x"]]) {
      for (const path of ["orders", "prospect-searches", "blacklists"]) {
        const answer = await get(`/${path}?${query}`);
        refused(answer, 422, "VALIDATION_ERROR");
        const [problem] = answer.body.details.validation_errors;
        assert.deepEqual([problem.field, problem.provided, typeof problem.error], [field, provided, "string"]);
      }
    }
    assert.equal((await get("/orders?limit=0&offset=-1")).body.details.validation_errors.length, 2);
    assert.equal((await get("/orders?limit=1")).body.items.length, 1);
    assert.equal((await get("/orders?limit=100")).status, 200);
  });
});

test("a hundred thousand companies are paged through", async () => {
  const mock = mockOpenProspect({ prospectSearches: 1, companies: 100_000 });
  const get = async (path) => (await mock.fetch(`https://x.test/api/v1${path}`, { headers: { authorization: `Bearer ${FULL}` } })).json();
  const [{ id }] = (await get("/prospect-searches")).items;
  const seen = new Set();
  for (let offset = 0, more = true; more; offset += 100) {
    const page = await get(`/deliveries/${id}/companies?limit=100&offset=${offset}`);
    for (const item of page.items) seen.add(item.id);
    more = page.has_more;
  }
  assert.equal(seen.size, 100_000);
});
