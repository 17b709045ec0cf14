// The mock's operations, held against what the vendor documents; typed in here and not taken from the mock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mockOpenProspect, OPERATIONS, TEST_KEYS } from "../../pkg-template/testing/node.js";

const FULL = TEST_KEYS.full;

/** Runs a test in memory and over a socket. */
function both(name, options, run) {
  for (const socket of [false, true]) {
    test(`${name} [${socket ? "socket" : "memory"}]`, async (t) => {
      const mock = mockOpenProspect(options);
      const served = socket ? await mock.serve() : undefined;
      if (served) t.after(served.close);
      const send = served ? globalThis.fetch : mock.fetch;
      const call = async (method, path, body, { key = FULL, headers } = {}) => {
        const json = body === undefined ? {} : { "content-type": "application/json" };
        const response = await send(`${served?.url ?? "https://x.test"}/api/v1${path}`, {
          method, headers: { authorization: `Bearer ${key}`, ...json, ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
      };
      await run({ mock, call, get: (path, more) => call("GET", path, undefined, more) });
    });
  }
}

const refused = ({ status, body }, expected, code) => assert.deepEqual([status, body.code, typeof body.message], [expected, code, "string"]);
const invalid = (answer, ...fields) => {
  refused(answer, 422, "VALIDATION_ERROR");
  assert.deepEqual(answer.body.details.validation_errors.map(({ field }) => field), fields);
};
const [S1, S2] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];

const ORDER = "ORDER_NOT_FOUND";
const SEARCH = "PROSPECT_SEARCH_NOT_FOUND";
const BLACKLIST = "BLACKLIST_NOT_FOUND";

/** Rows 1 to 29 of the inventory: method, path, scopes, the code of a 404 where an id is in the path, a body that fits. */
const DOCUMENTED = [
  ["GET", "/auth/validate", []],
  ["POST", "/orders", ["orders:write"], undefined, {}],
  ["GET", "/orders", ["orders:read"]],
  ["GET", "/orders/{order_id}", ["orders:read"], ORDER],
  ["GET", "/orders/{order_id}/results", ["orders:read"], ORDER],
  ["GET", "/deliveries/{prospect_search_id}/companies", ["companies:read", "prospects:read"], SEARCH],
  ["GET", "/prospect-searches", ["prospect_searches:read"]],
  ["GET", "/companies", ["companies:read"]],
  ["GET", "/companies/{company_id}", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/jobs", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/jobs/summary", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/webtech-intel", ["companies:read"], "NOT_FOUND"],
  ["GET", "/companies/{company_id}/webtech-intel/summary", ["companies:read"], "NOT_FOUND"],
  ["GET", "/prospects", ["prospects:read"]],
  ["GET", "/prospects/{prospect_id}", ["prospects:read"], "NOT_FOUND"],
  ["POST", "/blacklists", ["blacklists:write"], undefined, {}],
  ["GET", "/blacklists", ["blacklists:read"]],
  ["GET", "/blacklists/{blacklist_id}", ["blacklists:read"], BLACKLIST],
  ["PATCH", "/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST, { name: "n" }],
  ["DELETE", "/blacklists/{blacklist_id}", ["blacklists:write"], BLACKLIST],
  ["POST", "/blacklists/{blacklist_id}/entries", ["blacklists:write"], BLACKLIST, { entries: [{ external_id: "e" }] }],
  ["GET", "/blacklists/{blacklist_id}/entries", ["blacklists:read"], BLACKLIST],
  ["DELETE", "/blacklists/{blacklist_id}/entries", ["blacklists:write"], BLACKLIST, { entry_ids: ["e"] }],
  ["GET", "/prospect-searches/{prospect_search_id}/blacklists", ["blacklists:read"], SEARCH],
  ["PUT", "/prospect-searches/{prospect_search_id}/blacklists", ["blacklists:write"], SEARCH, { blacklist_ids: [] }],
  ["POST", "/search-profile-creations", ["orders:write"], undefined, {}],
  ["GET", "/search-profile-creations/{profile_creation_id}", ["orders:read"], "NOT_FOUND"],
  ["GET", "/prospect-searches/{prospect_search_id}", ["prospect_searches:read"], SEARCH],
  ["PATCH", "/prospect-searches/{prospect_search_id}", ["prospect_searches:write"], SEARCH, { version: 1 }],
];

describe("the inventory", () => {
  test("is whole, and no larger", () => {
    const line = (method, path, scopes) => `${method} ${path} ${scopes.join(" ")}`;
    const mine = OPERATIONS.map(({ method, path, scopes }) => line(method, path, scopes));
    assert.equal(mine.length, 29);
    assert.deepEqual(mine.sort(), DOCUMENTED.map(([method, path, scopes]) => line(method, `/api/v1${path}`, scopes)).sort());
  });

  const keys = Object.fromEntries(DOCUMENTED.flatMap(([, , scopes]) => [
    [`lnc_test_${scopes.join("+")}`, { scopes }],
    ...scopes.map((left) => [`lnc_test_${scopes.join("+")}-${left}`, { scopes: scopes.filter((scope) => scope !== left) }]),
  ]));
  const item = [{ id: "mine" }];
  const world = { keys, orders: item, prospectSearches: item, blacklists: item, companies: item, prospects: item, searchProfiles: item };
  both("each operation needs all of its scopes, and no other", world, async ({ call }) => {
    for (const [method, path, scopes, , body] of DOCUMENTED) {
      const at = path.replace(/\{\w+\}/, "mine");
      const key = `lnc_test_${scopes.join("+")}`;
      for (const left of scopes) {
        const answer = await call(method, at, body, { key: `${key}-${left}` });
        refused(answer, 403, "AUTHORIZATION_ERROR");
        assert.deepEqual(answer.body.details, { required_scopes: scopes, user_scopes: scopes.filter((scope) => scope !== left) });
      }
      const answer = await call(method, at, body, { key, headers: { "idempotency-key": "k" } });
      // Only the list of companies needs a query of its own; a deleted item is put back by nothing.
      if (path === "/companies") invalid(answer, "prospect_search_id");
      else if (!/^\/blacklists\/.*entries/.test(path)) assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`);
    }
  });

  both("what is absent and what is another organisation's look the same", world, async ({ call }) => {
    for (const [method, path, , code, body] of DOCUMENTED) {
      if (code === undefined) continue;
      const absent = await call(method, path.replace(/\{\w+\}/, "absent"), body);
      refused(absent, 404, code);
      const hidden = await call(method, path.replace(/\{\w+\}/, "mine"), body, { key: TEST_KEYS.otherOrg });
      assert.deepEqual([hidden.status, hidden.body], [404, absent.body]);
    }
  });
});

describe("orders", () => {
  both("take a profile with a quantity or companies, and the older types", {}, async ({ call }) => {
    const post = (body) => call("POST", "/orders", body);
    const companies = [{ company_name: "A", external_id: "a" }];
    const fits = [{ profile_id: "p", briefing_quantity: 5 }, { profile_id: "p", companies }, { order_type: "ENRICHMENT", profile_name: "p", features: ["CONTACTS"], companies }, { order_type: "DISCOVERY", title: "t", briefing_quantity: 3 }];
    for (const body of fits) {
      const made = await post(body);
      assert.deepEqual([made.status, made.body.status], [201, "RECEIVED"]);
      assert.equal(made.body.briefing_quantity, body.companies ? 1 : body.briefing_quantity);
    }
    invalid(await post({ profile_id: "p" }), "briefing_quantity");
    invalid(await post({ profile_id: "p", briefing_quantity: 1, companies }), "briefing_quantity");
    invalid(await post({ order_type: "DISCOVERY", companies }), "companies");
    invalid(await post({ order_type: "ENRICHMENT" }), "companies");
    invalid(await post({ order_type: "OTHER" }), "order_type");
    for (const quantity of [0, -1, 1.5, "5"]) invalid(await post({ profile_id: "p", briefing_quantity: quantity }), "briefing_quantity");
    invalid(await post({ profile_id: "p", companies: [] }), "companies");
    invalid(await post({ profile_id: "p", companies: [companies[0], "B"] }), "companies.1");
    invalid(await post({ profile_id: "p", companies: [{ city: 5 }] }), "companies.0.city");
    assert.equal((await post({ profile_id: "p", companies: Array(10_000).fill({}) })).body.briefing_quantity, 10_000);
    invalid(await post({ profile_id: "p", companies: Array(10_001).fill({}) }), "companies");
  });

  const orders = [
    { id: "enriched", status: "COMPLETED", companies: [{ company_name: "A", external_id: "a", city: "C", website_url: "https://a.example" }, { company_name: "B" }] },
    { id: "found", status: "COMPLETED", briefing_quantity: 3 },
    { id: "early", status: "IN_PROGRESS", briefing_quantity: 3 },
  ];
  both("have results with contacts, which refer to what was sent", { orders }, async ({ get }) => {
    const enriched = (await get("/orders/enriched/results")).body;
    assert.deepEqual(enriched.items.map((item) => item.source_id), ["a", null]);
    const { name, city, website } = enriched.items[0];
    assert.deepEqual([name, city, website, enriched.total], ["A", "C", "https://a.example", 2]);
    const found = (await get("/orders/found/results?limit=2")).body;
    assert.deepEqual([found.items.length, found.total, found.has_more], [2, 3, true]);
    for (const item of found.items) assert.ok(item.source_id === null && Array.isArray(item.contacts));
    assert.deepEqual((await get("/orders/found/results?limit=1&offset=1")).body.items, found.items.slice(1));
    assert.deepEqual((await get("/orders/early/results")).body, { items: [], total: 0, limit: 50, offset: 0, has_more: false });
    invalid(await get("/orders/found/results?limit=0"), "limit");
  });
});

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

describe("companies and prospects", () => {
  const company = (id, more) => ({ id, prospect_search_id: S1, name: id, ...more });
  const world = {
    prospectSearches: [{ id: S1 }],
    companies: [
      company("Alder", { match_score: 9.5, review_status: "accepted", city: "Ulm" }), company("Birch", { match_score: 5, review_status: "rejected", business_type: "Mills" }),
      company("Cedar", { match_score: 2, review_status: "pending" }), { id: "other", prospect_search_id: S2 },
    ],
    prospects: [{ id: "ps_1", company_id: "Cedar", first_name: "Ada", last_name: "Lark" }],
  };
  both("are listed for a search, and narrowed", world, async ({ get }) => {
    const ids = async (query) => (await get(`/companies?prospect_search_id=${S1}&${query}`)).body.items.map(({ id }) => id);
    assert.deepEqual(await ids(""), ["Alder", "Birch", "Cedar"]);
    assert.deepEqual(await ids("limit=1&offset=2"), ["Cedar"]);
    assert.deepEqual([await ids("min_match_score=5"), await ids("min_match_score=9.6")], [["Alder", "Birch"], []]);
    assert.deepEqual(await ids("review_status=rejected"), ["Birch"]);
    assert.deepEqual(await ids("review_status_list=accepted&review_status_list=pending"), ["Alder", "Cedar"]);
    for (const [term, found] of [["bir", "Birch"], ["ULM", "Alder"], ["mills", "Birch"], ["ada%20lark", "Cedar"]]) assert.deepEqual(await ids(`search=${term}`), [found]);
    for (const [query, field] of [["min_match_score=11", "min_match_score"], ["min_match_score=-1", "min_match_score"], ["min_match_score=x", "min_match_score"], ["review_status=odd", "review_status"], ["review_status_list=odd", "review_status_list"], ["limit=101", "limit"]]) {
      invalid(await get(`/companies?prospect_search_id=${S1}&${query}`), field);
    }
    invalid(await get("/companies"), "prospect_search_id");
    invalid(await get("/companies?prospect_search_id=5"), "prospect_search_id");
    refused(await get(`/companies?prospect_search_id=${S2}`), 404, SEARCH);
  });

  both("have details, which stay the same", {}, async ({ get }) => {
    const [search] = (await get("/prospect-searches")).body.items;
    const [first] = (await get(`/companies?prospect_search_id=${search.id}`)).body.items;
    for (const field of ["id", "prospect_search_id", "name", "city", "country", "business_type", "website", "match_score", "review_status"]) assert.ok(field in first, field);
    assert.deepEqual((await get(`/companies/${first.id}`)).body, first);
    for (const path of ["jobs", "jobs/summary", "webtech-intel", "webtech-intel/summary"]) {
      const one = await get(`/companies/${first.id}/${path}`);
      assert.deepEqual([one.status, one.body], [200, (await get(`/companies/${first.id}/${path}`)).body]);
    }
    const jobs = (await get(`/companies/${first.id}/jobs`)).body;
    assert.equal((await get(`/companies/${first.id}/jobs/summary`)).body.total, jobs.total);
    const people = (await get("/prospects?limit=1")).body;
    assert.deepEqual([people.items.length, people.has_more], [1, true]);
    assert.deepEqual((await get(`/prospects/${people.items[0].id}`)).body, people.items[0]);
    assert.match(people.items[0].id, /^ps_/);
  });
});
