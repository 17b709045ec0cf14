// Companies and prospects.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, assertInvalid, both } from "./setup.mjs";

const [S1, S2] = ["01010101-0101-4010-8010-010101010101", "02020202-0202-4020-8020-020202020202"];
const SEARCH = "PROSPECT_SEARCH_NOT_FOUND";

describe("companies and prospects", () => {
  const company = (id, more) => ({ id, prospect_search_id: S1, name: id, ...more });
  const world = {
    prospectSearches: [{ id: S1 }],
    companies: [
      company("Alder", { match_score: 9.5, review_status: "accepted", city: "Ulm" }),
      company("Birch", { match_score: 5, review_status: "rejected", business_type: "Mills" }),
      company("Cedar", { match_score: 0, review_status: "pending" }),
      // No other fields.
      { id: "Dogwood", prospect_search_id: S1 },
      { id: "other", prospect_search_id: S2 },
    ],
    prospects: [
      { id: "ps_1", company_id: "Cedar", first_name: "Ada", last_name: "Lark" },
      { id: "ps_2", company_id: "Alder" },
    ],
  };
  both("are listed for a search, and filtered", world, async ({ get }) => {
    const ids = async (query) =>
      (await get(`/companies?prospect_search_id=${S1}&${query}`)).body.items.map(({ id }) => id);
    for (const all of ["", "min_match_score=0", "search=", "search=%20"])
      assert.deepEqual(await ids(all), ["Alder", "Birch", "Cedar", "Dogwood"], all);
    assert.deepEqual(await ids("limit=1&offset=2"), ["Cedar"]);
    assert.deepEqual(
      [
        await ids("min_match_score=5"),
        await ids("min_match_score=9.6"),
        await ids("min_match_score=10"),
        await ids("min_match_score=0.1"),
      ],
      [["Alder", "Birch"], [], [], ["Alder", "Birch"]],
    );
    assert.deepEqual(await ids("review_status=rejected"), ["Birch"]);
    assert.deepEqual(await ids("review_status_list=accepted&review_status_list=pending"), ["Alder", "Cedar"]);
    assert.deepEqual(
      [
        await ids("review_status_list=accepted&review_status=rejected"),
        await ids("review_status=rejected&review_status=accepted"),
      ],
      [["Alder"], ["Alder"]],
    );
    assert.deepEqual(
      [
        await ids("min_match_score=5&review_status=accepted"),
        await ids("min_match_score=9.6&review_status=accepted"),
        await ids("min_match_score=5&search=mills"),
      ],
      [["Alder"], [], ["Birch"]],
    );
    assert.deepEqual(await ids("search=undefined"), []);
    for (const [term, name] of [
      ["bir", "Birch"],
      ["%20bir%20", "Birch"],
      ["ULM", "Alder"],
      ["mills", "Birch"],
      ["ada%20lark", "Cedar"],
    ])
      assert.deepEqual(await ids(`search=${term}`), [name]);
    for (const [query, field] of [
      ["min_match_score=11", "min_match_score"],
      ["min_match_score=-1", "min_match_score"],
      ["min_match_score=x", "min_match_score"],
      ["review_status=odd", "review_status"],
      ["review_status_list=odd", "review_status_list"],
      ["limit=101", "limit"],
    ]) {
      assertInvalid(await get(`/companies?prospect_search_id=${S1}&${query}`), field);
    }
    assertInvalid(await get("/companies"), "prospect_search_id");
    assertInvalid(await get("/companies?prospect_search_id=5"), "prospect_search_id");
    assertError(await get(`/companies?prospect_search_id=${S2}`), 404, SEARCH);
  });

  both("have details, which do not change", {}, async ({ get }) => {
    const [search] = (await get("/prospect-searches")).body.items;
    const [first] = (await get(`/companies?prospect_search_id=${search.id}`)).body.items;
    for (const field of [
      "id",
      "prospect_search_id",
      "name",
      "city",
      "country",
      "business_type",
      "website",
      "match_score",
      "review_status",
    ])
      assert.ok(field in first, field);
    assert.deepEqual((await get(`/companies/${first.id}`)).body, first);
    for (const path of ["jobs", "jobs/summary", "webtech-intel", "webtech-intel/summary"]) {
      const one = await get(`/companies/${first.id}/${path}`);
      assert.deepEqual([one.status, one.body], [200, (await get(`/companies/${first.id}/${path}`)).body]);
    }
    const count = (items, field) =>
      Object.fromEntries(
        items.map((item) => [item[field], items.filter((other) => other[field] === item[field]).length]),
      );
    let repeated = 0;
    for (const { id } of (await get(`/companies?prospect_search_id=${search.id}`)).body.items) {
      const jobs = (await get(`/companies/${id}/jobs`)).body;
      assert.deepEqual((await get(`/companies/${id}/jobs/summary`)).body, {
        company_id: id,
        total: jobs.total,
        by_title: count(jobs.items, "title"),
      });
      repeated += jobs.items.length - new Set(jobs.items.map(({ title }) => title)).size;
      const { company_id, technologies } = (await get(`/companies/${id}/webtech-intel`)).body;
      assert.equal(company_id, id);
      assert.deepEqual((await get(`/companies/${id}/webtech-intel/summary`)).body, {
        company_id: id,
        total: technologies.length,
        by_category: count(technologies, "category"),
      });
    }
    assert.ok(repeated > 0);
    const people = (await get("/prospects?limit=1")).body;
    assert.deepEqual([people.items.length, people.has_more], [1, true]);
    assert.deepEqual((await get(`/prospects/${people.items[0].id}`)).body, people.items[0]);
    assert.match(people.items[0].id, /^ps_/);
  });
});
