// The envelopes of all generations of the documentation.

/** @import { ErrorShape, ListShape, MockOptions } from "../../../pkg-template/testing/index.js" */

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, TEST_KEYS } from "./setup.mjs";

describe("errors", () => {
  const scopes = { required_scopes: ["orders:read"], user_scopes: [] };
  /** @type {Record<ErrorShape, (code: string, message: string, details?: object) => object>} */
  const EXPECTED = {
    flat: (code, message, details) => ({ code, message, ...(details && { details }) }),
    nested: (code, message, details) => ({ error: { code, message, ...(details && { details }) } }),
    legacy: (code, message) => ({ error: code, message }),
    extra: (code, message, details) => ({ code, message, ...details }),
  };
  for (const errorShape of /** @type {ErrorShape[]} */ (Object.keys(EXPECTED))) {
    both(`${errorShape}: real errors and faults`, { errorShape }, async ({ mock, get, call }) => {
      /**
       * @param {{status: number, body: any}} response
       * @param {number} expected
       * @param {string} code
       * @param {object} [details]
       */
      const assertSame = ({ status, body }, expected, code, details) => {
        const message = body.message ?? body.error.message;
        assert.equal(typeof message, "string");
        assert.deepEqual([status, body], [expected, EXPECTED[errorShape](code, message, details)]);
      };
      assertSame(await get("/orders", { key: "lnc_test_unknown" }), 401, "UNAUTHORIZED");
      assertSame(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR", scopes);
      assertSame(await get("/orders?limit=0"), 422, "VALIDATION_ERROR", {
        validation_errors: [{ field: "limit", error: "must be at least 1", provided: "0" }],
      });
      assertSame(await call("DELETE", "/orders"), 405, "METHOD_NOT_ALLOWED");
      assertSame(await call("POST", "/orders", "{"), 400, "INVALID_JSON");
      assertSame(
        await get("/orders/absent/results"),
        404,
        "ORDER_NOT_FOUND",
        errorShape === "extra" ? { entity_type: "order", identifier: "absent" } : undefined,
      );
      mock.fail(503, { latencyMs: 1 }, { shape: "nested", status: 500 }, { body: { own: 1 }, status: 500 });
      assertSame(await get("/orders"), 503, "SERVICE_UNAVAILABLE");
      assertSame(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR", scopes);
      assert.equal((await get("/orders")).body.error.code, "INTERNAL_ERROR");
      assert.deepEqual((await get("/orders")).body, { own: 1 });
      assert.equal((await get("/orders")).status, 200);
      mock.fail(400, { latencyMs: 1 });
      assertSame(await get("/orders"), 400, "INVALID_REQUEST");
      assertSame(await get("/orders?offset=x"), 422, "VALIDATION_ERROR", {
        validation_errors: [{ field: "offset", error: "must be a whole number", provided: "x" }],
      });
    });
  }
});

describe("the entity of a 404 with fields at its top", () => {
  const ENTITIES = [
    ["/orders/", "ORDER_NOT_FOUND", "order"],
    ["/prospect-searches/", "PROSPECT_SEARCH_NOT_FOUND", "prospect_search"],
    ["/blacklists/", "BLACKLIST_NOT_FOUND", "blacklist"],
    ["/companies/", "ENTITY_NOT_FOUND", "company"],
    ["/prospects/", "ENTITY_NOT_FOUND", "prospect"],
    ["/search-profile-creations/", "ENTITY_NOT_FOUND", "search_profile_creation"],
  ];
  const item = [{ id: "a/b" }];
  /** @type {MockOptions} */
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
  both("is in the path, missing or with a fault", world, async ({ mock, get }) => {
    for (const [path, code, entity_type] of ENTITIES) {
      const absent = await get(`${path}no%2Fne`);
      assert.deepEqual(fields(absent), [404, "string", { entity_type, identifier: "no/ne", code }]);
      assert.equal(absent.body.message, `No such ${entity_type.replaceAll("_", " ")} is visible to this key`);
      mock.fail(404);
      assert.deepEqual(fields(await get(`${path}a%2Fb`)), [404, "string", { entity_type, identifier: "a/b", code }]);
    }
  });

  both("is in the body or the query", world, async ({ call, get }) => {
    const [, code, entity_type] = ENTITIES[2];
    const expected = [404, "string", { entity_type, identifier: "none", code }];
    assert.deepEqual(
      fields(await call("PUT", "/prospect-searches/s/blacklists", { blacklist_ids: ["a/b", "none"] })),
      expected,
    );
    assert.deepEqual(fields(await call("POST", "/orders", { blacklist_ids: ["a/b", "none"] })), expected);
    const identifier = "01010101-0101-4010-8010-010101010101";
    assert.deepEqual(fields(await get(`/companies?prospect_search_id=${identifier}`)), [
      404,
      "string",
      { entity_type: "prospect_search", identifier, code: "PROSPECT_SEARCH_NOT_FOUND" },
    ]);
  });

  both("is absent if the request names none", world, async ({ mock, get, root }) => {
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
  /** @type {Record<ListShape, (name: string) => string[]>} */
  const EXPECTED = {
    items: () => ["items", "total", "limit", "offset", "has_more"],
    named: (name) => [name, "total", "limit", "offset", "has_more"],
    bare: () => ["items", "limit", "offset"],
  };
  for (const listShape of /** @type {ListShape[]} */ (Object.keys(EXPECTED))) {
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
          assert.deepEqual([status, Object.keys(body)], [200, EXPECTED[listShape](name)], path);
          assert.ok(Array.isArray(body.items ?? body[name]));
        }
      },
    );
  }
});
