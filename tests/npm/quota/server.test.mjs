// The limits, hints, outages and routes of the server in memory, and the queue of its clock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock, createRandom, EventQueue } from "./clock.mjs";
import { HINTS, QUOTA_HEADERS } from "./hints.mjs";
import { fixedWindow, HOUR, late, MINUTE, SECOND, shared, slidingWindow, tokenBucket, upgraded } from "./limits.mjs";
import { createServer } from "./server.mjs";

/** @import { Limit } from "./limits.mjs" */
/** @import { ServerOptions } from "./server.mjs" */

/**
 * Sends up to `count` requests at a time. Returns the number of accepted ones.
 *
 * @param {Limit} limit
 * @param {number} now
 * @param {number} count
 */
function send(limit, now, count) {
  let accepted = 0;
  for (let n = 0; n < count; n += 1) {
    if (limit.state(now).waitMs > 0) continue;
    limit.take(now);
    accepted += 1;
  }
  return accepted;
}

describe("limits", () => {
  test("a fixed window begins with a request", () => {
    const limit = fixedWindow(100, HOUR);
    assert.equal(send(limit, 10 * MINUTE, 150), 100);
    assert.deepEqual(limit.state(20 * MINUTE), {
      limit: 100,
      windowMs: HOUR,
      remaining: 0,
      waitMs: 50 * MINUTE,
      resetMs: 50 * MINUTE,
    });
    assert.equal(send(limit, 70 * MINUTE - 1, 1), 0);
    assert.equal(limit.state(90 * MINUTE).remaining, 100);
    assert.equal(send(limit, 90 * MINUTE, 60), 60);
    assert.deepEqual([limit.state(100 * MINUTE).remaining, limit.state(100 * MINUTE).resetMs], [40, 50 * MINUTE]);
  });

  test("a fixed window by the clock does not", () => {
    const limit = fixedWindow(100, HOUR, { phaseMs: 25 * MINUTE });
    assert.equal(send(limit, 10 * MINUTE, 150), 100);
    assert.equal(limit.state(10 * MINUTE).waitMs, 25 * MINUTE);
    assert.equal(send(limit, 35 * MINUTE - 1, 1), 0);
    assert.equal(send(limit, 35 * MINUTE, 150), 100);
    // Without requests in between.
    assert.equal(limit.state(340 * MINUTE).resetMs, 55 * MINUTE);
    assert.equal(send(limit, 340 * MINUTE, 150), 100);
    assert.equal(limit.state(341 * MINUTE).waitMs, 54 * MINUTE);
  });

  test("a sliding window accepts a request when the oldest one leaves it", () => {
    const limit = slidingWindow(3, HOUR);
    for (const minute of [0, 10, 20]) assert.equal(send(limit, minute * MINUTE, 1), 1);
    assert.deepEqual(limit.state(30 * MINUTE), {
      limit: 3,
      windowMs: HOUR,
      remaining: 0,
      waitMs: 30 * MINUTE,
      resetMs: 30 * MINUTE,
    });
    assert.equal(send(limit, HOUR - 1, 1), 0);
    assert.equal(limit.state(HOUR).remaining, 1);
    assert.equal(send(limit, HOUR, 5), 1);
    assert.equal(limit.state(HOUR).waitMs, 10 * MINUTE);
    assert.equal(send(limit, 80 * MINUTE, 5), 2);
  });

  test("a bucket fills evenly, up to its burst", () => {
    const limit = tokenBucket(100, HOUR, 10);
    assert.equal(send(limit, 0, 50), 10);
    assert.deepEqual(limit.state(0), {
      limit: 10,
      windowMs: 6 * MINUTE,
      remaining: 0,
      waitMs: 36 * SECOND,
      resetMs: 6 * MINUTE,
    });
    assert.equal(send(limit, 36 * SECOND - 1, 1), 0);
    assert.equal(send(limit, 36 * SECOND, 5), 1);
    assert.equal(send(limit, 5 * HOUR, 50), 10);
  });

  test("another program takes its share", () => {
    const limit = shared(fixedWindow(100, HOUR, { phaseMs: 0 }), HOUR / 40);
    assert.equal(limit.state(HOUR - 1).remaining, 60);
    assert.equal(send(limit, HOUR - 1, 100), 60);
    assert.equal(limit.state(HOUR).remaining, 100);
  });

  test("a plan upgrade holds at once", () => {
    const limit = upgraded(fixedWindow(100, HOUR), 30 * MINUTE, 1000);
    assert.equal(send(limit, 0, 1000), 100);
    assert.equal(send(limit, 30 * MINUTE - 1, 1), 0);
    assert.equal(send(limit, 30 * MINUTE, 2000), 900);
    assert.equal(send(limit, HOUR, 2000), 1000);
  });

  test("a late reset is reported too early", () => {
    const limit = late(fixedWindow(1, HOUR), 30 * SECOND);
    assert.equal(send(limit, 0, 2), 1);
    assert.equal(limit.state(MINUTE).waitMs, 58.5 * MINUTE);
    assert.equal(send(limit, HOUR - 1, 1), 0);
    assert.equal(send(limit, HOUR, 1), 1);
  });
});

test("each form of hint and of quota headers", () => {
  const wall = Date.UTC(2026, 8, 21, 14, 0, 0, 500);
  const state = { limit: 100, windowMs: HOUR, remaining: 7, waitMs: 1500, resetMs: 1500 };
  assert.deepEqual(HINTS.seconds(1500), { headers: { "retry-after": "2" } });
  assert.deepEqual(HINTS.date(1700, wall), { headers: { "retry-after": "Mon, 21 Sep 2026 14:00:03 GMT" } });
  assert.deepEqual(HINTS.body(1500), { retryAfter: 2 });
  assert.deepEqual(HINTS.none(), {});
  /** @param {string} prefix @param {string} reset */
  const three = (prefix, reset) => ({
    [`${prefix}-limit`]: "100",
    [`${prefix}-remaining`]: "7",
    [`${prefix}-reset`]: reset,
  });
  assert.deepEqual(QUOTA_HEADERS.draft6(state), three("ratelimit", "2"));
  assert.deepEqual(QUOTA_HEADERS.draft7(state), { ratelimit: "limit=100, remaining=7, reset=2" });
  assert.deepEqual(QUOTA_HEADERS.draft8(state), {
    "ratelimit-policy": '"default";q=100;w=3600',
    ratelimit: '"default";r=7;t=2',
  });
  assert.deepEqual(QUOTA_HEADERS.xDelta(state), three("x-ratelimit", "2"));
  assert.deepEqual(QUOTA_HEADERS.xEpoch(state, wall), three("x-ratelimit", String((wall + 1500) / 1000)));
});

/** @param {ServerOptions} options */
function connect(options) {
  const clock = new Clock();
  const server = createServer(clock, options, 1);
  /**
   * Resolves with the status, the body and the headers of a response.
   *
   * @param {string} path
   * @param {string} [method]
   * @param {object} [body]
   */
  const request = async (path, method = "GET", body = undefined) => {
    const { signal } = new AbortController();
    const init = { method, headers: {}, body: body && JSON.stringify(body), signal };
    const sent = server.fetch(`https://api.test${path}`, init);
    sent.catch(() => {});
    await clock.run(sent);
    const response = await sent;
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };
  return { clock, server, request };
}

describe("server", () => {
  test("a 429 has the hint, the quota headers and the vendor's body", async () => {
    const limit = () => fixedWindow(1, HOUR, { phaseMs: 0 });
    for (const envelope of /** @type {const} */ (["flat", "nested"])) {
      const { request, server } = connect({ limit, quota: QUOTA_HEADERS.draft6, envelope });
      assert.equal((await request("/api/v1/any")).headers.get("RateLimit-Remaining"), "0");
      const { status, headers, body } = await request("/api/v1/any");
      assert.deepEqual([status, headers.get("ratelimit-reset")], [429, "3600"]);
      const error = envelope === "flat" ? body : body.error;
      assert.equal(envelope === "flat" ? error.error : error.code, "RATE_LIMIT_EXCEEDED");
      assert.equal(error.retry_after, 3600);
      assert.deepEqual(
        server.requests.map(({ status }) => status),
        [200, 429],
      );
    }
  });

  test("outages begin and end", async () => {
    const { clock, request, server } = connect({
      outages: [
        { from: MINUTE, to: 2 * MINUTE, kind: "503", hint: HINTS.seconds },
        { from: 2 * MINUTE, to: 3 * MINUTE, kind: "refused" },
      ],
    });
    assert.equal((await request("/api/v1/any")).status, 200);
    await clock.run(clock.sleep(MINUTE));
    const { status, headers } = await request("/api/v1/any");
    assert.deepEqual([status, headers.get("retry-after")], [503, "60"]);
    await clock.run(clock.sleep(MINUTE));
    await assert.rejects(
      request("/api/v1/any"),
      ({ name, cause }) => `${name} ${cause.code}` === "TypeError ECONNREFUSED",
    );
    await clock.run(clock.sleep(MINUTE));
    assert.equal((await request("/api/v1/any")).status, 200);
    assert.deepEqual(
      server.requests.map(({ status }) => status),
      [200, 503, 0, 200],
    );
  });

  test("orders and profiles move through their states", async () => {
    const { clock, request } = connect({ orderMs: HOUR, profileMs: HOUR });
    const [order, profile] = ["/api/v1/orders", "/api/v1/search-profile-creations"];
    const orderId = (await request(order, "POST", { briefing_quantity: 1 })).body.id;
    const profileId = (await request(profile, "POST", {})).body.id;
    const statuses = [];
    for (let n = 0; n < 8; n += 1) {
      statuses.push([
        (await request(`${order}/${orderId}`)).body.status,
        (await request(order)).body.items[0].status,
        (await request(`${profile}/${profileId}`)).body.status,
      ]);
      await clock.run(clock.sleep(10 * MINUTE));
    }
    const distinct = [0, 1, 2].map((n) => [...new Set(statuses.map((row) => row[n]))]);
    assert.deepEqual(distinct, [
      ["RECEIVED", "ACCEPTED", "IN_PROGRESS", "COMPLETED"],
      ["RECEIVED", "ACCEPTED", "IN_PROGRESS", "COMPLETED"],
      ["PENDING", "RUNNING", "SUCCEEDED"],
    ]);
    assert.equal((await request(`${order}/missing`)).status, 404);
    assert.equal((await request(profile)).body.id, "search-profile-creations");
  });

  test("pages have every company once, and those that were delivered since a time", async () => {
    const { clock, request } = connect({ companies: 250 });
    const path = "/api/v1/deliveries/d/companies?limit=100&offset=";
    /** @type {string[]} */
    const ids = [];
    for (const offset of [0, 100, 200]) {
      const { items, has_more: hasMore } = (await request(`${path}${offset}`)).body;
      ids.push(...items.map((/** @type {{ id: string }} */ { id }) => id));
      assert.equal(hasMore, offset < 200);
    }
    assert.deepEqual([ids.length, new Set(ids).size, ids[249]], [250, 250, "company-249"]);
    const since = new Date(clock.wall - clock.elapsed - 10_000).toISOString();
    const { total, items } = (await request(`${path}0&delivered_since=${since}`)).body;
    assert.deepEqual([total, items[0].id], [10, "company-240"]);
  });
});

describe("clock", () => {
  test("the queue is in the order of time, and of addition at the same time", () => {
    const [queue, random] = [new EventQueue(), createRandom(3)];
    const added = Array.from({ length: 500 }, () => queue.add(Math.floor(random() * 50), () => {}));
    const sorted = added.toSorted((a, b) => a.at - b.at || a.order - b.order);
    const taken = added.map(() => queue.take());
    assert.deepEqual(taken, sorted);
    assert.deepEqual([queue.take(), queue.size], [undefined, 0]);
  });

  test("a cleared timer does not fire, and an end is not passed", async (t) => {
    const clock = new Clock();
    t.after(clock.install(1));
    /** @type {string[]} */
    const fired = [];
    setTimeout(() => fired.push("first"), 1000);
    clearTimeout(setTimeout(() => fired.push("cleared"), 2000));
    setTimeout(() => fired.push("late"), 3000);
    assert.equal(await clock.run(clock.sleep(2500), 10_000), true);
    assert.deepEqual([fired, clock.elapsed, clock.timers], [["first"], 2500, 1]);
    assert.equal(await clock.run(clock.sleep(5000), 100), false);
    assert.deepEqual(fired, ["first"]);
  });
});
