// The envelopes of all generations of the documentation.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { both, TEST_KEYS } from "./mock-help.mjs";

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
      same(await get("/orders?limit=0"), 422, "VALIDATION_ERROR", { validation_errors: [{ field: "limit", error: "must be at least 1", provided: "0" }] });
      same(await call("DELETE", "/orders"), 405, "METHOD_NOT_ALLOWED");
      same(await get("/orders/absent/results"), 404, "ORDER_NOT_FOUND", errorShape === "extra" ? { entity_type: "order", identifier: "absent" } : undefined);
      mock.fail(503, { latencyMs: 1 }, { shape: "nested", status: 500 }, { body: { own: 1 }, status: 500 });
      same(await get("/orders"), 503, "SERVICE_UNAVAILABLE");
      same(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR", scopes);
      assert.equal((await get("/orders")).body.error.code, "INTERNAL_ERROR");
      assert.deepEqual((await get("/orders")).body, { own: 1 });
      assert.equal((await get("/orders")).status, 200);
    });
  }
});

describe("lists", () => {
  const LISTS = [["/orders", "orders"], ["/prospect-searches", "prospect_searches"], ["/blacklists", "blacklists"], ["/prospects", "prospects"], ["/blacklists/b/entries", "entries"], ["/deliveries/s/companies", "companies"]];
  const WANTED = {
    items: () => ["items", "total", "limit", "offset", "has_more"],
    named: (name) => [name, "total", "limit", "offset", "has_more"],
    bare: () => ["items", "limit", "offset"],
  };
  for (const [listShape, wanted] of Object.entries(WANTED)) {
    both(`${listShape}: every list`, { listShape, blacklists: [{ id: "b" }], prospectSearches: [{ id: "s" }] }, async ({ get }) => {
      for (const [path, name] of LISTS) {
        const { body } = await get(`${path}?limit=3`);
        assert.deepEqual(Object.keys(body), wanted(name), path);
        assert.ok(Array.isArray(body.items ?? body[name]));
      }
    });
  }
});
