// The envelopes of all generations of the documentation.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mockOpenProspect, TEST_KEYS } from "../../pkg-template/testing/node.js";

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
      same(await get("/orders/absent/results"), 404, "ORDER_NOT_FOUND", errorShape === "extra" ? { entity_type: "orders", identifier: "absent" } : undefined);
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

test("wrong options are refused", () => {
  const wrong = [
    { errorShape: "odd" }, { listShape: "odd" }, { durations: { COMPLETED: 1 } }, { durations: { PENDING: -1 } }, { durations: 5 }, { rateLimit: {} }, { rateLimit: { limit: 0 } }, { rateLimit: { tier: "odd" } },
    { rateLimit: { limit: 5, windowMs: 0 } }, { rateLimit: { limit: 5, perHour: 1 } }, { rateLimit: null }, { burst: {} }, { burst: { perSecond: 1, burst: 0 } }, { burst: { perSecond: 0 } },
    { companies: -1 }, { prospects: [1] }, { searchProfiles: 1.5 }, { keys: { k: { scopes: [], admin: 1 } } }, { keys: { k: { scopes: [], tier: "odd" } } },
  ];
  for (const options of wrong) assert.throws(() => mockOpenProspect(options), TypeError, JSON.stringify(options));
});
