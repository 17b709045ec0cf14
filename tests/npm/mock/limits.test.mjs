// Rate limits.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { both, FULL, mockOpenProspect, now, refused, TEST_KEYS } from "./setup.mjs";

const limited = (answer, seconds) => {
  refused(answer, 429, "RATE_LIMIT_EXCEEDED");
  assert.equal(answer.headers.get("retry-after"), String(seconds));
};

describe("rate limits", () => {
  for (const [tier, limit] of [
    ["free", 100],
    ["pro", 1000],
  ]) {
    for (const [how, options] of [
      ["the mock", { rateLimit: { tier } }],
      ["the key", { rateLimit: { limit: 1 }, keys: { [FULL]: { scopes: ["orders:read"], tier } } }],
    ]) {
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

  both(
    "count each key by itself, and only what was answered",
    { now, rateLimit: { limit: 2, windowMs: 10_500 } },
    async ({ mock, get }) => {
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
    },
  );

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

  const tiers = {
    free: { scopes: [], tier: "free" },
    own: { scopes: [], rateLimit: { limit: 2, windowMs: 1000 } },
    part: { scopes: [], rateLimit: { tier: "free", limit: 3 } },
  };
  both(
    "fill by what time has passed, to the last fraction",
    { now, burst: { perSecond: 1 / 49 } },
    async ({ mock, get }) => {
      assert.equal((await get("/auth/validate")).status, 200);
      mock.advance(48_999);
      limited(await get("/auth/validate"), 1);
      mock.advance(1);
      assert.equal((await get("/auth/validate")).status, 200);
    },
  );

  both(
    "give nothing to two requests of one moment, however fast they fill",
    { now, burst: { perSecond: 1000 } },
    async ({ mock, get }) => {
      assert.equal((await get("/auth/validate")).status, 200);
      limited(await get("/auth/validate"), 1);
      mock.advance(1);
      assert.equal((await get("/auth/validate")).status, 200);
    },
  );

  both("can be a key's own", { now, rateLimit: { limit: 1, windowMs: 60_000 }, keys: tiers }, async ({ mock, get }) => {
    const spend = async (key, count) => {
      for (let n = 0; n < count; n += 1) assert.equal((await get("/auth/validate", { key })).status, 200);
      return get("/auth/validate", { key });
    };
    limited(await spend("free", 100), 3600);
    limited(await spend("own", 2), 1);
    limited(await spend("part", 3), 3600);
    limited(await spend(FULL, 1), 60);
    mock.advance(1000);
    limited(await spend("own", 2), 1);
  });

  both(
    "are not spent by what they refuse",
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

  both(
    "count what is refused for another reason than a limit",
    { now, rateLimit: { limit: 3 } },
    async ({ get, call }) => {
      refused(await get("/orders/absent"), 404, "ORDER_NOT_FOUND");
      refused(await get("/orders?limit=0"), 422, "VALIDATION_ERROR");
      refused(await call("POST", "/orders", "{"), 400, "INVALID_JSON");
      limited(await get("/orders"), 3600);
      for (let n = 0; n < 3; n += 1) refused(await get("/orders", { key: TEST_KEYS.none }), 403, "AUTHORIZATION_ERROR");
      limited(await get("/orders", { key: TEST_KEYS.none }), 3600);
    },
  );
});

describe("the advice of a 429", () => {
  const second = async ({ get }) => {
    assert.deepEqual(Object.keys((await get("/auth/validate")).body), ["valid", "scopes"]);
    const { status, headers, body } = await get("/auth/validate");
    assert.equal(status, 429);
    return { header: headers.get("retry-after"), body };
  };
  const text = "Too many requests in a short time";
  const code = "RATE_LIMIT_EXCEEDED";
  const WANTED = {
    header: { header: "3600", body: { code, message: `${text}: wait 3600 seconds` } },
    body: { header: null, body: { code, message: `${text}: wait 3600 seconds`, retry_after: 3600 } },
    both: { header: "3600", body: { code, message: `${text}: wait 3600 seconds`, retry_after: 3600 } },
    none: { header: null, body: { code, message: text } },
  };
  for (const [retryAfter, wanted] of Object.entries(WANTED)) {
    both(`${retryAfter}: of windows and buckets`, { now, rateLimit: { limit: 1 }, retryAfter }, async (at) =>
      assert.deepEqual(await second(at), wanted),
    );
    both(`${retryAfter}: of buckets`, { now, burst: { perSecond: 1 / 3600 }, retryAfter }, async (at) =>
      assert.deepEqual(await second(at), wanted),
    );
  }
  both("is in the header unless it is said otherwise", { now, rateLimit: { limit: 1 } }, async (at) =>
    assert.deepEqual(await second(at), WANTED.header),
  );

  const legacy = { error: code, message: WANTED.header.body.message };
  both("is in the oldest body as well", { now, rateLimit: { limit: 1 }, errorShape: "legacy" }, async (at) =>
    assert.deepEqual(await second(at), { header: "3600", body: { ...legacy, retry_after: 3600 } }),
  );
  both(
    "is left out of it where it is to be",
    { now, rateLimit: { limit: 1 }, errorShape: "legacy", retryAfter: "header" },
    async (at) => assert.deepEqual(await second(at), { header: "3600", body: legacy }),
  );
  both(
    "is kept by a fault that only delays",
    { now, rateLimit: { limit: 1 }, retryAfter: "both" },
    async ({ mock, get }) => {
      await get("/auth/validate");
      mock.fail({ latencyMs: 1 }, 500);
      const { headers, body } = await get("/auth/validate");
      assert.deepEqual([headers.get("retry-after"), body], ["3600", WANTED.both.body]);
      const failed = await get("/auth/validate");
      assert.deepEqual([failed.headers.get("retry-after"), Object.keys(failed.body)], [null, ["code", "message"]]);
    },
  );
});

describe("the headers of limits", () => {
  const left = ({ headers }) => ["limit", "remaining", "reset"].map((name) => headers.get(`ratelimit-${name}`));
  both(
    "count a window down",
    { now, rateLimit: { limit: 2, windowMs: 10_500 }, rateLimitHeaders: true },
    async ({ mock, root, get }) => {
      assert.deepEqual(left(await get("/orders")), ["2", "1", "11"]);
      mock.advance(500);
      assert.deepEqual(left(await get("/orders/absent")), ["2", "0", "10"]);
      mock.advance(1);
      const over = await get("/orders");
      limited(over, 10);
      assert.deepEqual(left(over), ["2", "0", "10"]);
      assert.deepEqual(left(await get("/orders", { key: TEST_KEYS.none })), ["2", "1", "11"]);
      mock.advance(9_998);
      assert.deepEqual(left(await get("/orders")), ["2", "0", "1"]);
      mock.advance(1);
      assert.deepEqual(left(await get("/orders")), ["2", "1", "11"]);
      for (const key of [null, TEST_KEYS.expired])
        assert.deepEqual(left(await get("/orders", { key })), [null, null, null]);
      assert.deepEqual(left(await root("GET", "/health", undefined, { key: null })), [null, null, null]);
    },
  );

  both(
    "tell a bucket's tokens",
    { now, burst: { perSecond: 0.5, burst: 3 }, rateLimitHeaders: true },
    async ({ mock, get }) => {
      const seen = [];
      for (let n = 0; n < 4; n += 1) seen.push(left(await get("/orders")));
      assert.deepEqual(seen, [
        ["3", "2", "2"],
        ["3", "1", "4"],
        ["3", "0", "6"],
        ["3", "0", "6"],
      ]);
      mock.advance(3000);
      assert.deepEqual(left(await get("/orders")), ["3", "0", "5"]);
    },
  );

  both(
    "speak of the limit that is closer to its end",
    { now, rateLimit: { limit: 3, windowMs: 60_000 }, burst: { perSecond: 1, burst: 2 }, rateLimitHeaders: true },
    async ({ mock, get }) => {
      const seen = [left(await get("/orders"))];
      mock.advance(1000);
      seen.push(left(await get("/orders")), left(await get("/orders")));
      assert.deepEqual(seen, [
        ["2", "1", "1"],
        ["3", "1", "59"],
        ["3", "0", "59"],
      ]);
    },
  );

  both(
    "speak of the limit that lasts longer, of two that are spent",
    { now, rateLimit: { limit: 1, windowMs: 1000 }, burst: { perSecond: 0.1 }, rateLimitHeaders: true },
    async ({ get }) => {
      for (const status of [200, 429]) {
        const answer = await get("/orders");
        assert.deepEqual([answer.status, ...left(answer)], [status, "1", "0", "10"]);
      }
    },
  );

  both("are there only if they are asked for and there is a limit", { now, rateLimit: { limit: 2 } }, async ({ get }) =>
    assert.deepEqual(left(await get("/orders")), [null, null, null]),
  );
  both("say nothing where nothing is limited", { now, rateLimitHeaders: true }, async ({ get }) =>
    assert.deepEqual(left(await get("/orders")), [null, null, null]),
  );
});
