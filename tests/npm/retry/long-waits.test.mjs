// Waits longer than a timer holds, which are 24.8 days: none ends early, though a timer that is told more fires at once.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock, createServer, TIMERS } from "../helpers/fake-clock.mjs";
import { esm, rejection, thrown } from "../helpers/setup.mjs";
import { DAY, HOUR, MINUTE, SECOND } from "../helpers/clock-faults.mjs";

const { OpenProspect } = esm;
const PATH = "/api/v1/orders";
const MOST = Number.MAX_SAFE_INTEGER;
const LONG = 30 * DAY;
const open = { body: { id: "o", status: "IN_PROGRESS" } };

function machine(t, answers, options, fires) {
  const clock = new Clock(fires).install(t);
  const server = createServer(clock, (request, n) => answers[Math.min(n, answers.length - 1)]);
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    deadlineMs: null,
    ...options,
  });
  const gaps = () => server.asked.slice(1).map(({ truth }, n) => truth - server.asked[n].truth);
  return { clock, client, gaps, asked: server.asked };
}

/** What a call that waits so long is, and the least and the most time until the second request. */
const AGAIN = {
  "a Retry-After of 30 days": [
    { status: 429, headers: { "retry-after": String(LONG / SECOND) } },
    { maxRetryAfterMs: 40 * DAY },
    LONG,
    LONG + 3 * SECOND,
  ],
  "a Retry-After of 30 days on a 503": [
    { status: 503, headers: { "retry-after": String(LONG / SECOND) } },
    { maxRetryAfterMs: MOST },
    LONG,
    LONG + 3 * SECOND,
  ],
  "a backoff of up to 300 days": [
    { status: 503 },
    { backoff: { baseMs: 300 * DAY, maxMs: MOST } },
    150 * DAY,
    300 * DAY,
  ],
  "a timeout of 30 days": [{ stall: "headers" }, { timeoutMs: LONG }, LONG, LONG + 2 * SECOND],
};

for (const [timers, fires] of [
  ["on time", TIMERS.exact],
  ["2 ms early", TIMERS.early],
  ["three minutes late", TIMERS.late],
]) {
  // Each timer on the way may be late; an answer takes a little, too.
  const lateMs = fires === TIMERS.late ? HOUR : 200;
  describe(`timers ${timers}`, () => {
    for (const [name, [first, options, least, most]] of Object.entries(AGAIN)) {
      test(name, async (t) => {
        t.mock.method(Math, "random", () => 0.5);
        const { clock, client, gaps } = machine(t, [first, {}], options, fires);
        await clock.run(client.get(PATH));
        const [gap, ...others] = gaps();
        assert.ok(gap >= least && gap <= most + lateMs, `${gap / DAY} days`);
        assert.deepEqual([others, clock.timers.size], [[], 0]);
      });
    }

    test("a deadline of 40 days, with an attempt that may take longer", async (t) => {
      const { clock, client, asked } = machine(
        t,
        [{ stall: "body" }],
        { deadlineMs: 40 * DAY, timeoutMs: MOST },
        fires,
      );
      const error = await clock.run(rejection(client.get(PATH)));
      assert.deepEqual([error.name, error.scope, asked.length, clock.timers.size], ["TimeoutError", "deadline", 1, 0]);
      assert.ok(clock.truth >= 40 * DAY && clock.truth <= 40 * DAY + lateMs, `${clock.truth / DAY} days`);
    });

    test("a deadline of 40 days in a queue, and one of 30 behind it", async (t) => {
      const stalls = Array.from({ length: 16 }, () => ({ stall: "headers" }));
      const { clock, client, asked } = machine(t, stalls, { timeoutMs: MOST, maxRetries: 0 }, fires);
      for (let n = 0; n < 16; n += 1) client.get(PATH).catch(() => {});
      await clock.wait(HOUR);
      assert.equal(asked.length, 16, "the window is full");
      const waits = [40 * DAY, 30 * DAY].map(async (deadlineMs) => {
        const error = await rejection(client.get(PATH, { deadlineMs }));
        return [error.scope, error.attempts.at(-1).sent, Math.floor((clock.truth - HOUR) / DAY)];
      });
      assert.deepEqual(await clock.run(Promise.all(waits)), [
        ["deadline", false, 40],
        ["deadline", false, 30],
      ]);
      assert.equal(asked.length, 16);
    });

    test("a look every 30 days", async (t) => {
      const { clock, client, gaps } = machine(t, [open, { body: { id: "o", status: "COMPLETED" } }], {}, fires);
      await clock.run(client.orders.wait("o", { pollMs: LONG }));
      assert.ok(gaps()[0] >= LONG && gaps()[0] <= LONG + lateMs, `${gaps()[0] / DAY} days`);
    });

    test("a look in 285,000 years, until somebody stops it", async (t) => {
      const { clock, client, asked } = machine(t, [open], {}, fires);
      const controller = new AbortController();
      const wait = rejection(client.orders.wait("o", { pollMs: MOST, signal: controller.signal }));
      await clock.wait(365 * DAY);
      controller.abort("enough");
      assert.equal(await clock.run(wait), "enough");
      assert.deepEqual([asked.length, clock.timers.size], [1, 0]);
    });

    test("a look whose Retry-After is 30 days, where such a wait is allowed", async (t) => {
      const told = { ...open, headers: { "retry-after": String(LONG / SECOND) } };
      const { clock, client, gaps } = machine(
        t,
        [told, { body: { id: "o", status: "COMPLETED" } }],
        { maxRetryAfterMs: 40 * DAY },
        fires,
      );
      await clock.run(client.orders.wait("o"));
      assert.ok(gaps()[0] >= LONG && gaps()[0] <= LONG + lateMs, `${gaps()[0] / DAY} days`);
    });
  });
}

test("a pause of 30 days is one of an hour for those who were not told", async (t) => {
  const { clock, client, asked } = machine(
    t,
    [{ status: 429, headers: { "retry-after": String(LONG / SECOND) } }, {}],
    { maxRetryAfterMs: 40 * DAY },
  );
  const told = client.get(`${PATH}/told`);
  await clock.wait(SECOND);
  const other = client.get(`${PATH}/other`);
  await clock.run(other);
  assert.ok(clock.truth >= HOUR && clock.truth < HOUR + MINUTE, `${clock.truth} ms`);
  await clock.run(told);
  assert.ok(asked.at(-1).truth >= LONG && asked.length === 3, `${asked.at(-1).truth} ms`);
});

test("what no clock counts is refused", async () => {
  const make = (options) => thrown(() => new OpenProspect({ apiKey: "lnc_test_a", ...options }));
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: () => assert.fail("it was sent"),
  });
  for (const ms of [Infinity, Number.MAX_VALUE, MOST + 1, NaN, -1]) {
    for (const name of ["timeoutMs", "deadlineMs", "maxRetryAfterMs"])
      assert.deepEqual([make({ [name]: ms }).name, make({ [name]: ms }).option], ["ConfigurationError", name]);
    for (const name of ["baseMs", "maxMs"]) assert.equal(make({ backoff: { [name]: ms } }).option, `backoff.${name}`);
    for (const name of ["timeoutMs", "deadlineMs"])
      assert.equal((await rejection(client.get(PATH, { [name]: ms }))).option, name);
    for (const name of ["pollMs", "deadlineMs"])
      assert.equal((await rejection(client.orders.wait("o", { [name]: ms }))).option, name);
  }
});
