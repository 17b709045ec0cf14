// Keys and their scopes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, bearer, both, FULL, TEST_KEYS } from "./setup.mjs";

describe("keys and scopes", () => {
  both("validate lists the scopes of any active key", {}, async ({ get }) => {
    const full = (await get("/auth/validate")).body;
    assert.equal(full.valid, true);
    assert.deepEqual([...full.scopes].sort(), [
      "blacklists:read",
      "blacklists:write",
      "companies:read",
      "deliveries:write",
      "orders:read",
      "orders:write",
      "prospect_searches:read",
      "prospect_searches:write",
      "prospects:read",
    ]);
    const reading = (await get("/auth/validate", { key: TEST_KEYS.read })).body.scopes;
    assert.deepEqual(reading.sort(), full.scopes.filter((scope) => scope.endsWith(":read")).sort());
    assert.deepEqual((await get("/auth/validate", { key: TEST_KEYS.otherOrg })).body, full);
    assert.deepEqual((await get("/auth/validate", { key: TEST_KEYS.none })).body, { valid: true, scopes: [] });
  });

  both("a key that is missing, malformed, unknown, expired or revoked is 401", {}, async ({ call }) => {
    const headers = [
      {},
      { authorization: FULL },
      { authorization: `Basic ${FULL}` },
      { authorization: "Bearer" },
      bearer("lnc_live_unknown"),
      bearer(TEST_KEYS.expired),
      bearer(TEST_KEYS.revoked),
    ];
    const messages = new Set();
    for (const sent of headers) {
      const response = await call("GET", "/auth/validate", undefined, { key: null, headers: sent });
      assertError(response, 401, "UNAUTHORIZED");
      messages.add(response.body.message);
      assert.ok(!response.text.includes(FULL));
    }
    assert.equal(messages.size, 5);
    for (const status of ["expired", "revoked"]) assert.ok(messages.has(`The API key is ${status}`), status);
  });
});

test("the fake keys are test keys, and all different", () => {
  const keys = ["full", "read", "none", "expired", "revoked", "otherOrg"].map((name) => TEST_KEYS[name]);
  for (const key of keys) assert.match(key, /^lnc_test_[a-z]+0+$/);
  assert.deepEqual([new Set(keys).size, Object.keys(TEST_KEYS).length], [6, 6]);
});

describe("health", () => {
  both("needs no key, and rejects an invalid one", { rateLimit: { limit: 1 } }, async ({ root }) => {
    const health = (key, headers) => root("GET", "/health", undefined, { key, headers });
    for (let n = 0; n < 3; n += 1) {
      const { status, body } = await health(null);
      assert.deepEqual(
        [status, Object.keys(body), typeof body.service, body.status],
        [200, ["service", "status"], "string", "healthy"],
      );
    }
    for (const key of ["lnc_test_unknown", TEST_KEYS.expired, TEST_KEYS.revoked])
      assertError(await health(key), 401, "UNAUTHORIZED");
    assertError(await health(null, { authorization: FULL }), 401, "UNAUTHORIZED");
    assert.equal((await health(TEST_KEYS.none)).status, 200);
    assertError(await health(TEST_KEYS.none), 429, "RATE_LIMIT_EXCEEDED");
    assertError(await root("POST", "/health", {}), 405, "METHOD_NOT_ALLOWED");
    assertError(await root("GET", "/api/v1/health"), 404, "NOT_FOUND");
  });
});
