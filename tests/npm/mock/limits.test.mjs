// Rate limits.

/** @import { MockOptions, RateTier, RetryAdvice } from "../../../pkg-template/testing/index.js" */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertError, both, FULL, mockOpenProspect, now, TEST_KEYS } from "./setup.mjs";

const assertLimited = (response, seconds) => {
  assertError(response, 429, "RATE_LIMIT_EXCEEDED");
  assert.equal(response.headers.get("retry-after"), String(seconds));
};

describe("rate limits", () => {
  /** @type {[tier: RateTier, limit: number][]} */
  const documented = [
    ["free", 100],
    ["pro", 1000],
  ];
  for (const [tier, limit] of documented) {
    /** @type {[owner: string, options: MockOptions][]} */
    const owners = [
      ["the mock", { rateLimit: { tier } }],
      ["the key", { rateLimit: { limit: 1 }, keys: { [FULL]: { scopes: ["orders:read"], tier } } }],
    ];
    for (const [owner, options] of owners) {
      test(`${tier} is ${limit} in an hour, by ${owner}`, async () => {
        const mock = mockOpenProspect({ now, orders: 0, ...options });
        const call = () => mock.fetch("https://x.test/api/v1/orders", { headers: { authorization: `Bearer ${FULL}` } });
        for (let n = 0; n < limit; n += 1) assert.equal((await call()).status, 200);
        mock.advance(1_800_000);
        const response = await call();
        assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "1800"]);
        mock.advance(1_800_000);
        assert.equal((await call()).status, 200);
      });
    }
  }

  both(
    "count each key separately, and not rejected requests",
    { now, rateLimit: { limit: 2, windowMs: 10_500 } },
    async ({ mock, get }) => {
      mock.fail(500);
      await get("/orders");
      assertError(await get("/orders/absent"), 404, "ORDER_NOT_FOUND");
      assert.equal((await get("/orders")).status, 200);
      assertLimited(await get("/orders"), 11);
      mock.advance(500);
      assertLimited(await get("/auth/validate"), 10);
      assert.equal((await get("/orders", { key: TEST_KEYS.read })).status, 200);
      assertError(await get("/orders", { key: TEST_KEYS.expired }), 401, "UNAUTHORIZED");
      mock.advance(10_000);
      assert.equal((await get("/orders")).status, 200);
    },
  );

  both("of a bucket, which refills", { now, burst: { perSecond: 0.5, burst: 3 } }, async ({ mock, get }) => {
    const statuses = async (count) => {
      const statuses = [];
      for (let n = 0; n < count; n += 1) statuses.push((await get("/auth/validate")).status);
      return statuses;
    };
    assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
    assertLimited(await get("/auth/validate"), 2);
    mock.advance(2000);
    assert.deepEqual(await statuses(2), [200, 429]);
    mock.advance(60_000);
    assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
  });

  /** @type {MockOptions["keys"]} */
  const tiers = {
    free: { scopes: [], tier: "free" },
    own: { scopes: [], rateLimit: { limit: 2, windowMs: 1000 } },
    part: { scopes: [], rateLimit: { tier: "free", limit: 3 } },
  };
  both(
    "refill by the elapsed time, to the last fraction",
    { now, burst: { perSecond: 1 / 49 } },
    async ({ mock, get }) => {
      assert.equal((await get("/auth/validate")).status, 200);
      mock.advance(48_999);
      assertLimited(await get("/auth/validate"), 1);
      mock.advance(1);
      assert.equal((await get("/auth/validate")).status, 200);
    },
  );

  both(
    "reject a second request of the same instant, regardless of the refill rate",
    { now, burst: { perSecond: 1000 } },
    async ({ mock, get }) => {
      assert.equal((await get("/auth/validate")).status, 200);
      assertLimited(await get("/auth/validate"), 1);
      mock.advance(1);
      assert.equal((await get("/auth/validate")).status, 200);
    },
  );

  both(
    "can be set for a key",
    { now, rateLimit: { limit: 1, windowMs: 60_000 }, keys: tiers },
    async ({ mock, get }) => {
      const spend = async (key, count) => {
        for (let n = 0; n < count; n += 1) assert.equal((await get("/auth/validate", { key })).status, 200);
        return get("/auth/validate", { key });
      };
      assertLimited(await spend("free", 100), 3600);
      assertLimited(await spend("own", 2), 1);
      assertLimited(await spend("part", 3), 3600);
      assertLimited(await spend(FULL, 1), 60);
      mock.advance(1000);
      assertLimited(await spend("own", 2), 1);
    },
  );

  both(
    "do not count rate-limited requests",
    { now, rateLimit: { limit: 2, windowMs: 1000 }, burst: { perSecond: 1 } },
    async ({ mock, get }) => {
      const status = async () => (await get("/auth/validate")).status;
      assert.deepEqual([await status(), await status(), await status()], [200, 429, 429]);
      mock.advance(999);
      assert.equal(await status(), 429);
      mock.advance(1);
      assert.deepEqual([await status(), await status()], [200, 429]);
    },
  );

  both("count requests that fail for another reason", { now, rateLimit: { limit: 3 } }, async ({ get, call }) => {
    assertError(await get("/orders/absent"), 404, "ORDER_NOT_FOUND");
    assertError(await get("/orders?limit=0"), 422, "VALIDATION_ERROR");
    assertError(await call("POST", "/orders", "{"), 400, "INVALID_JSON");
    assertLimited(await get("/orders"), 3600);
    for (let n = 0; n < 3; n += 1)
      assertError(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR");
    assertLimited(await get("/orders", { key: TEST_KEYS.none }), 3600);
  });
});

describe("Retry-After of a 429", () => {
  const callTwice = async ({ get }) => {
    assert.deepEqual(Object.keys((await get("/auth/validate")).body), ["valid", "scopes"]);
    const { status, headers, body } = await get("/auth/validate");
    assert.equal(status, 429);
    return { header: headers.get("retry-after"), body };
  };
  const text = "Too many requests in a short time";
  const code = "RATE_LIMIT_EXCEEDED";
  /** @type {Record<RetryAdvice, {header: string | null, body: object}>} */
  const EXPECTED = {
    header: { header: "3600", body: { code, message: `${text}: wait 3600 seconds` } },
    body: { header: null, body: { code, message: `${text}: wait 3600 seconds`, retry_after: 3600 } },
    both: { header: "3600", body: { code, message: `${text}: wait 3600 seconds`, retry_after: 3600 } },
    none: { header: null, body: { code, message: text } },
  };
  for (const retryAfter of /** @type {RetryAdvice[]} */ (Object.keys(EXPECTED))) {
    const expected = EXPECTED[retryAfter];
    both(`${retryAfter}: of windows and buckets`, { now, rateLimit: { limit: 1 }, retryAfter }, async (connection) =>
      assert.deepEqual(await callTwice(connection), expected),
    );
    both(`${retryAfter}: of buckets`, { now, burst: { perSecond: 1 / 3600 }, retryAfter }, async (connection) =>
      assert.deepEqual(await callTwice(connection), expected),
    );
  }
  both("is in the header by default", { now, rateLimit: { limit: 1 } }, async (connection) =>
    assert.deepEqual(await callTwice(connection), EXPECTED.header),
  );

  const legacy = { error: code, message: `${text}: wait 3600 seconds` };
  both("is also in the legacy envelope", { now, rateLimit: { limit: 1 }, errorShape: "legacy" }, async (connection) =>
    assert.deepEqual(await callTwice(connection), { header: "3600", body: { ...legacy, retry_after: 3600 } }),
  );
  both(
    "is not in the legacy envelope if the option says so",
    { now, rateLimit: { limit: 1 }, errorShape: "legacy", retryAfter: "header" },
    async (connection) => assert.deepEqual(await callTwice(connection), { header: "3600", body: legacy }),
  );
  both(
    "is kept by a fault that only delays the response",
    { now, rateLimit: { limit: 1 }, retryAfter: "both" },
    async ({ mock, get }) => {
      await get("/auth/validate");
      mock.fail({ latencyMs: 1 }, 500);
      const { headers, body } = await get("/auth/validate");
      assert.deepEqual([headers.get("retry-after"), body], ["3600", EXPECTED.both.body]);
      const failed = await get("/auth/validate");
      assert.deepEqual([failed.headers.get("retry-after"), Object.keys(failed.body)], [null, ["code", "message"]]);
    },
  );
});

describe("the headers of limits", () => {
  const quota = ({ headers }) => ["limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`));
  both(
    "count a window down",
    { now, rateLimit: { limit: 2, windowMs: 10_500 }, rateLimitHeaders: true },
    async ({ mock, root, get }) => {
      assert.deepEqual(quota(await get("/orders")), ["2", "1", "11"]);
      mock.advance(500);
      assert.deepEqual(quota(await get("/orders/absent")), ["2", "0", "10"]);
      mock.advance(1);
      const over = await get("/orders");
      assertLimited(over, 10);
      assert.deepEqual(quota(over), ["2", "0", "10"]);
      assert.deepEqual(quota(await get("/orders", { key: TEST_KEYS.none })), ["2", "1", "11"]);
      mock.advance(9_998);
      assert.deepEqual(quota(await get("/orders")), ["2", "0", "1"]);
      mock.advance(1);
      assert.deepEqual(quota(await get("/orders")), ["2", "1", "11"]);
      for (const key of [null, TEST_KEYS.expired])
        assert.deepEqual(quota(await get("/orders", { key })), [null, null, null]);
      assert.deepEqual(quota(await root("GET", "/health", undefined, { key: null })), [null, null, null]);
    },
  );

  both(
    "report a bucket's tokens",
    { now, burst: { perSecond: 0.5, burst: 3 }, rateLimitHeaders: true },
    async ({ mock, get }) => {
      const quotas = [];
      for (let n = 0; n < 4; n += 1) quotas.push(quota(await get("/orders")));
      assert.deepEqual(quotas, [
        ["3", "2", "2"],
        ["3", "1", "4"],
        ["3", "0", "6"],
        ["3", "0", "6"],
      ]);
      mock.advance(3000);
      assert.deepEqual(quota(await get("/orders")), ["3", "0", "5"]);
    },
  );

  both(
    "report the limit with the least remaining quota",
    { now, rateLimit: { limit: 3, windowMs: 60_000 }, burst: { perSecond: 1, burst: 2 }, rateLimitHeaders: true },
    async ({ mock, get }) => {
      const quotas = [quota(await get("/orders"))];
      mock.advance(1000);
      quotas.push(quota(await get("/orders")), quota(await get("/orders")));
      assert.deepEqual(quotas, [
        ["2", "1", "1"],
        ["3", "1", "59"],
        ["3", "0", "59"],
      ]);
    },
  );

  both(
    "report the limit that resets last, of two that are exhausted",
    { now, rateLimit: { limit: 1, windowMs: 1000 }, burst: { perSecond: 0.1 }, rateLimitHeaders: true },
    async ({ get }) => {
      for (const status of [200, 429]) {
        const response = await get("/orders");
        assert.deepEqual([response.status, ...quota(response)], [status, "1", "0", "10"]);
      }
    },
  );

  both("are absent unless the option is set", { now, rateLimit: { limit: 2 } }, async ({ get }) =>
    assert.deepEqual(quota(await get("/orders")), [null, null, null]),
  );
  both("are absent without a limit", { now, rateLimitHeaders: true }, async ({ get }) =>
    assert.deepEqual(quota(await get("/orders")), [null, null, null]),
  );
});
