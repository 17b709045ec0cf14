// The envelopes of all generations of the documentation.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, TEST_KEYS } from "./setup.mjs";

describe("errors", () => {
  const scopes = { required_scopes: ["orders:read"], user_scopes: [] };
  const WANTED = {
    flat: (code, message, details) => ({ code, message, ...(details && { details }) }),
    nested: (code, message, details) => ({ error: { code, message, ...(details && { details }) } }),
    legacy: (code, message) => ({ error: code, message }),
    extra: (code, message, details) => ({ code, message, ...details }),
  };
  for (const [errorShape, wanted] of Object.entries(WANTED)) {
    both(`${errorShape}: natural ones and faults alike`, { errorShape }, async ({ mock, get, call }) => {
      const same = ({ status, body }, expected, code, details) => {
        const message = body.message ?? body.error.message;
        assert.equal(typeof message, "string");
        assert.deepEqual([status, body], [expected, wanted(code, message, details)]);
      };
      same(await get("/orders", { key: "lnc_test_unknown" }), 401, "UNAUTHORIZED");
      same(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR", scopes);
      same(await get("/orders?limit=0"), 422, "VALIDATION_ERROR", {
        validation_errors: [{ field: "limit", error: "must be at least 1", provided: "0" }],
      });
      same(await call("DELETE", "/orders"), 405, "METHOD_NOT_ALLOWED");
      same(await call("POST", "/orders", "{"), 400, "INVALID_JSON");
      same(
        await get("/orders/absent/results"),
        404,
        "ORDER_NOT_FOUND",
        errorShape === "extra" ? { entity_type: "order", identifier: "absent" } : undefined,
      );
      mock.fail(503, { latencyMs: 1 }, { shape: "nested", status: 500 }, { body: { own: 1 }, status: 500 });
      same(await get("/orders"), 503, "SERVICE_UNAVAILABLE");
      same(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR", scopes);
      assert.equal((await get("/orders")).body.error.code, "INTERNAL_ERROR");
      assert.deepEqual((await get("/orders")).body, { own: 1 });
      assert.equal((await get("/orders")).status, 200);
      mock.fail(400, { latencyMs: 1 });
      same(await get("/orders"), 400, "INVALID_REQUEST");
      same(await get("/orders?offset=x"), 422, "VALIDATION_ERROR", {
        validation_errors: [{ field: "offset", error: "must be a whole number", provided: "x" }],
      });
    });
  }
});

describe("what a 404 with fields at its top speaks of", () => {
  const THINGS = [
    ["/orders/", "ORDER_NOT_FOUND", "order"],
    ["/prospect-searches/", "PROSPECT_SEARCH_NOT_FOUND", "prospect_search"],
    ["/blacklists/", "BLACKLIST_NOT_FOUND", "blacklist"],
    ["/companies/", "ENTITY_NOT_FOUND", "company"],
    ["/prospects/", "ENTITY_NOT_FOUND", "prospect"],
    ["/search-profile-creations/", "ENTITY_NOT_FOUND", "search_profile_creation"],
  ];
  const item = [{ id: "a/b" }];
  const world = {
    errorShape: "extra",
    orders: item,
    prospectSearches: [{ id: "a/b" }, { id: "s" }],
    blacklists: item,
    companies: item,
    prospects: item,
    searchProfiles: item,
  };
  const fields = ({ status, body: { message, ...rest } }) => [status, typeof message, rest];
  both("is what the path names, absent in truth or by a fault", world, async ({ mock, get }) => {
    for (const [path, code, entity_type] of THINGS) {
      const absent = await get(`${path}no%2Fne`);
      assert.deepEqual(fields(absent), [404, "string", { entity_type, identifier: "no/ne", code }]);
      assert.equal(absent.body.message, `No such ${entity_type.replaceAll("_", " ")} is visible to this key`);
      mock.fail(404);
      assert.deepEqual(fields(await get(`${path}a%2Fb`)), [404, "string", { entity_type, identifier: "a/b", code }]);
    }
  });

  both("is what the body or the query names", world, async ({ call, get }) => {
    const [, code, entity_type] = THINGS[2];
    const wanted = [404, "string", { entity_type, identifier: "none", code }];
    assert.deepEqual(
      fields(await call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids: ["a/b", "none"] })),
      wanted,
    );
    assert.deepEqual(fields(await call("POST", "/orders", { blacklist_ids: ["a/b", "none"] })), wanted);
    const identifier = "01010101-0101-4010-8010-010101010101";
    assert.deepEqual(fields(await get(`/companies?prospect_search_id=${identifier}`)), [
      404,
      "string",
      { entity_type: "prospect_search", identifier, code: "PROSPECT_SEARCH_NOT_FOUND" },
    ]);
  });

  both("is nothing where nothing is named", world, async ({ mock, get, root }) => {
    mock.fail({ status: 404, times: Infinity });
    for (const [path, code] of [
      ["/orders", "ORDER_NOT_FOUND"],
      ["/auth/validate", "NOT_FOUND"],
      ["/nothing/5", "NOT_FOUND"],
    ])
      assert.deepEqual(fields(await get(path)), [404, "string", { code }]);
    mock.clear();
    assert.deepEqual(fields(await root("GET", "/nothing")), [404, "string", { code: "NOT_FOUND" }]);
    mock.fail({ status: 409 });
    assert.deepEqual(fields(await get("/orders/a%2Fb")), [409, "string", { code: "CONFLICT" }]);
  });
});

describe("lists", () => {
  const S = "01010101-0101-4010-8010-010101010101";
  const LISTS = [
    ["/orders", "orders"],
    ["/prospect-searches", "prospect_searches"],
    ["/blacklists", "blacklists"],
    ["/prospects", "prospects"],
    ["/blacklists/b/entries", "entries"],
    [`/deliveries/${S}/companies`, "companies"],
    [`/companies?prospect_search_id=${S}`, "companies"],
    ["/companies/c/jobs", "jobs"],
    [`/prospect-searches/${S}/blacklists`, "blacklists"],
    ["/orders/o/results", "results"],
  ];
  const WANTED = {
    items: () => ["items", "total", "limit", "offset", "has_more"],
    named: (name) => [name, "total", "limit", "offset", "has_more"],
    bare: () => ["items", "limit", "offset"],
  };
  for (const [listShape, wanted] of Object.entries(WANTED)) {
    both(
      `${listShape}: every list`,
      {
        listShape,
        blacklists: [{ id: "b" }],
        prospectSearches: [{ id: S }],
        companies: [{ id: "c" }],
        orders: [{ id: "o" }],
      },
      async ({ get }) => {
        for (const [path, name] of LISTS) {
          const { status, body } = await get(`${path}${path.includes("?") ? "&" : "?"}limit=3`);
          assert.deepEqual([status, Object.keys(body)], [200, wanted(name)], path);
          assert.ok(Array.isArray(body.items ?? body[name]));
        }
      },
    );
  }
});
