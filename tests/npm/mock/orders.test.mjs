// Orders and their results.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertError, assertInvalid, both, TEST_KEYS } from "./setup.mjs";

describe("creation", () => {
  for (const kind of ["orders", "blacklists"]) {
    both(`POST ${kind} stores what was sent`, {}, async ({ get, call }) => {
      const before = (await get(`/${kind}`)).body.total;
      const made = await call("POST", `/${kind}`, { id: "mine", title: "Grüße" });
      assert.equal(made.status, 201);
      assert.equal(made.body.title, "Grüße");
      assert.notEqual(made.body.id, "mine");
      const after = (await get(`/${kind}?limit=100`)).body;
      assert.equal(after.total, before + 1);
      assert.deepEqual(after.items.at(-1), made.body);
      const other = await get(`/${kind}?limit=100`, { key: TEST_KEYS.otherOrg });
      assert.ok(other.body.items.every((item) => item.id !== made.body.id));
    });

    both(`POST ${kind} rejects a body that is not an object`, {}, async ({ get, call }) => {
      const before = (await get(`/${kind}`)).body.total;
      for (const body of ["[]", "null", '"text"', "7"]) {
        const response = await call("POST", `/${kind}`, body);
        assertInvalid(response, "body");
        assert.deepEqual(response.body.details.validation_errors[0].provided, JSON.parse(body));
      }
      assertInvalid(await call("POST", `/${kind}`), "body");
      assertError(await call("POST", `/${kind}`, "{"), 400, "INVALID_JSON");
      assert.equal((await get(`/${kind}`)).body.total, before);
    });
  }

  both("a new order is RECEIVED, and the quantity is the number of its companies", {}, async ({ call }) => {
    const { body } = await call("POST", "/orders", { companies: [{ company_name: "A" }, { company_name: "B" }] });
    assert.deepEqual([body.status, body.briefing_quantity], ["RECEIVED", 2]);
    assert.equal((await call("POST", "/orders", { briefing_quantity: 9 })).body.briefing_quantity, 9);
  });
});

describe("orders", () => {
  both("accept a profile with a quantity or companies, and the legacy types", {}, async ({ call }) => {
    const post = (body) => call("POST", "/orders", body);
    const companies = [{ company_name: "A", external_id: "a" }];
    const valid = [
      { profile_id: "p", briefing_quantity: 5 },
      { profile_id: "p", companies },
      { order_type: "ENRICHMENT", profile_name: "p", features: ["CONTACTS"], companies },
      { order_type: "DISCOVERY", title: "t", briefing_quantity: 3 },
    ];
    for (const body of valid) {
      const made = await post(body);
      assert.deepEqual([made.status, made.body.status], [201, "RECEIVED"]);
      assert.equal(made.body.briefing_quantity, body.companies ? 1 : body.briefing_quantity);
      assert.equal(made.body.order_type, body.companies ? "ENRICHMENT" : "DISCOVERY");
    }
    assertInvalid(await post({ profile_id: "p" }), "briefing_quantity");
    assertInvalid(await post({ profile_id: "p", briefing_quantity: 1, companies }), "briefing_quantity");
    assertInvalid(await post({ order_type: "DISCOVERY", companies }), "companies");
    assertInvalid(await post({ order_type: "ENRICHMENT" }), "companies");
    assertInvalid(await post({ order_type: "OTHER" }), "order_type");
    for (const quantity of [0, -1, 1.5, "5"])
      assertInvalid(await post({ profile_id: "p", briefing_quantity: quantity }), "briefing_quantity");
    assertInvalid(await post({ profile_id: "p", companies: [] }), "companies");
    assertInvalid(await post({ profile_id: "p", companies: [companies[0], "B"] }), "companies.1");
    for (const field of ["company_name", "external_id", "website_url", "city", "country"])
      assertInvalid(await post({ profile_id: "p", companies: [{}, { [field]: 5 }] }), `companies.1.${field}`);
    for (const field of ["profile_id", "profile_name", "title"])
      assertInvalid(await post({ [field]: 5, briefing_quantity: 1 }), field);
    for (const features of ["CONTACTS", [5]]) assertInvalid(await post({ features }), "features");
    for (const blacklist_ids of ["b", [5]]) assertInvalid(await post({ blacklist_ids }), "blacklist_ids");
    assert.equal((await post({ profile_id: "p", companies: Array(10_000).fill({}) })).body.briefing_quantity, 10_000);
    assertInvalid(await post({ profile_id: "p", companies: Array(10_001).fill({}) }), "companies");
  });

  const orders = [
    {
      id: "enriched",
      status: "COMPLETED",
      companies: [
        { company_name: "A", external_id: "a", city: "C", country: "D", website_url: "https://a.example" },
        { company_name: "B" },
      ],
    },
    { id: "found", status: "COMPLETED", briefing_quantity: 3 },
    { id: "bare", status: "COMPLETED" },
    { id: "endless", status: "COMPLETED", briefing_quantity: 2 ** 40 },
    { id: "early", status: "IN_PROGRESS", briefing_quantity: 3 },
  ];
  both("have results with contacts, which refer to the companies of the order", { orders }, async ({ get }) => {
    const enriched = (await get("/orders/enriched/results")).body;
    assert.deepEqual(
      enriched.items.map((item) => item.source_id),
      ["a", null],
    );
    const { name, city, country, website } = enriched.items[0];
    assert.deepEqual([name, city, country, website, enriched.total], ["A", "C", "D", "https://a.example", 2]);
    for (const field of ["city", "country", "website"]) assert.equal(typeof enriched.items[1][field], "string");
    const found = (await get("/orders/found/results?limit=2")).body;
    assert.deepEqual([found.items.length, found.total, found.has_more], [2, 3, true]);
    for (const item of found.items)
      assert.ok(
        item.source_id === null && Array.isArray(item.contacts) && item.match_score >= 0 && item.match_score <= 10,
      );
    assert.deepEqual(
      found.items.map(({ id }) => typeof id),
      ["string", "string"],
    );
    assert.notEqual(found.items[0].id, found.items[1].id);
    const beyond = (await get("/orders/found/results?offset=3")).body;
    assert.deepEqual([beyond.items, beyond.total, beyond.has_more], [[], 3, false]);
    assert.deepEqual((await get("/orders/bare/results")).body.total, 0);
    // Only one page of results is generated, regardless of their number.
    const last = (await get(`/orders/endless/results?offset=${2 ** 40 - 2}`)).body;
    assert.deepEqual([last.items.length, last.total, last.has_more], [2, 2 ** 40, false]);
    assert.deepEqual((await get("/orders/found/results?limit=1&offset=1")).body.items, found.items.slice(1));
    assert.deepEqual((await get("/orders/early/results")).body, {
      items: [],
      total: 0,
      limit: 50,
      offset: 0,
      has_more: false,
    });
    assertInvalid(await get("/orders/found/results?limit=0"), "limit");
  });

  both("that are generated have results, with a source for an enrichment only", { orders: 60 }, async ({ get }) => {
    const done = (await get("/orders?limit=100")).body.items.filter(({ status }) => status === "COMPLETED");
    assert.equal(new Set(done.map((order) => order.order_type)).size, 2);
    for (const { id, order_type, briefing_quantity } of done) {
      const { items, total } = (await get(`/orders/${id}/results?limit=100`)).body;
      assert.equal(total, briefing_quantity);
      assert.deepEqual(
        items.map((item) => item.source_id),
        items.map((_, index) => (order_type === "ENRICHMENT" ? `sample-${index + 1}` : null)),
      );
    }
  });
});
