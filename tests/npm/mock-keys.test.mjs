// Keys and their scopes.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { bearer, both, FULL, refused, TEST_KEYS } from "./mock-help.mjs";

describe("keys and scopes", () => {
  both("validate lists the scopes of any active key", {}, async ({ get }) => {
    const full = (await get("/auth/validate")).body;
    assert.equal(full.valid, true);
    assert.deepEqual([...full.scopes].sort(), [
      "blacklists:read", "blacklists:write", "companies:read", "orders:read", "orders:write",
      "prospect_searches:read", "prospect_searches:write", "prospects:read",
    ]);
    assert.deepEqual((await get("/auth/validate", { key: TEST_KEYS.none })).body, { valid: true, scopes: [] });
  });

  both("a key that is missing, malformed, unknown, expired or revoked is 401", {}, async ({ call }) => {
    const headers = [{}, { authorization: FULL }, { authorization: `Basic ${FULL}` }, { authorization: "Bearer" }, bearer("lnc_live_unknown"), bearer(TEST_KEYS.expired), bearer(TEST_KEYS.revoked)];
    const messages = new Set();
    for (const sent of headers) {
      const answer = await call("GET", "/auth/validate", undefined, { key: null, headers: sent });
      refused(answer, 401, "UNAUTHORIZED");
      messages.add(answer.body.message);
      assert.ok(!answer.text.includes(FULL));
    }
    assert.equal(messages.size, 5);
  });
});
