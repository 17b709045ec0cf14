// Rate limits.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, FULL, mockOpenProspect, now, refused, TEST_KEYS } from "./mock-help.mjs";

describe("rate limits", () => {
  const limited = (answer, seconds) => {
    refused(answer, 429, "RATE_LIMIT_EXCEEDED");
    assert.equal(answer.headers.get("retry-after"), String(seconds));
  };
  for (const [tier, limit] of [["free", 100], ["pro", 1000]]) {
    for (const [how, options] of [["the mock", { rateLimit: { tier } }], ["the key", { keys: { [FULL]: { scopes: ["orders:read"], tier } } }]]) {
      test(`${tier} is ${limit} in an hour, by ${how}`, async () => {
        const mock = mockOpenProspect({ now, orders: 0, ...options });
        const call = () => mock.fetch("https://x.test/api/v1/orders", { headers: { authorization: `Bearer ${FULL}` } });
        for (let n = 0; n < limit; n += 1) assert.equal((await call()).status, 200);
        mock.advance(1_800_000);
        const answer = await call();
        assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, "1800"]);
        mock.advance(1_800_000);
        assert.equal((await call()).status, 200);
      });
    }
  }

  both("count each key by itself, and only what was answered", { now, rateLimit: { limit: 2, windowMs: 10_500 } }, async ({ mock, get }) => {
    mock.fail(500);
    await get("/orders");
    refused(await get("/orders/absent"), 404, "ORDER_NOT_FOUND");
    assert.equal((await get("/orders")).status, 200);
    limited(await get("/orders"), 11);
    mock.advance(500);
    limited(await get("/auth/validate"), 10);
    assert.equal((await get("/orders", { key: TEST_KEYS.read })).status, 200);
    refused(await get("/orders", { key: TEST_KEYS.expired }), 401, "UNAUTHORIZED");
    mock.advance(10_000);
    assert.equal((await get("/orders")).status, 200);
  });

  both("as a bucket, which fills again", { now, burst: { perSecond: 0.5, burst: 3 } }, async ({ mock, get }) => {
    const statuses = async (count) => {
      const seen = [];
      for (let n = 0; n < count; n += 1) seen.push((await get("/auth/validate")).status);
      return seen;
    };
    assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
    limited(await get("/auth/validate"), 2);
    mock.advance(2000);
    assert.deepEqual(await statuses(2), [200, 429]);
    mock.advance(60_000);
    assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
  });

  both("tell the seconds in the oldest body", { now, errorShape: "legacy", rateLimit: { limit: 1, windowMs: 3_600_000 } }, async ({ get }) => {
    await get("/orders");
    const { status, body } = await get("/orders");
    assert.deepEqual([status, body], [429, { error: "RATE_LIMIT_EXCEEDED", message: body.message, retry_after: 3600 }]);
    assert.match(body.message, /3600/);
  });
});
