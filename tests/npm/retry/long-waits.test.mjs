// Waits longer than 24.8 days, the limit of a timer: a longer timer fires immediately, but no wait may end early.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock, createServer, TIMERS } from "../helpers/fake-clock.mjs";
import { esm, rejection, thrown } from "../helpers/setup.mjs";
import { DAY, HOUR, MINUTE, SECOND } from "../helpers/clock-faults.mjs";

const { OpenProspect } = esm;
const PATH = "/api/v1/orders";
const MAX = Number.MAX_SAFE_INTEGER;
const LONG = 30 * DAY;
const open = { body: { id: "o", status: "IN_PROGRESS" } };

/**
 * @typedef {import("../helpers/fake-clock.mjs").Answer} Answer
 * @typedef {import("../helpers/fake-clock.mjs").FiresAt} FiresAt
 */

/**
 * A client and its server on a fake machine; the last answer is for all further requests.
 *
 * @param {import("node:test").TestContext} t
 * @param {Answer[]} answers
 * @param {object} [options] of the client
 * @param {FiresAt} [fires]
 */
function machine(t, answers, options, fires) {
  const clock = new Clock(fires).install(t);
  const server = createServer(clock, (_request, n) => answers[Math.min(n, answers.length - 1)]);
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    deadlineMs: null,
    ...options,
  });
  const gaps = () => server.requests.slice(1).map(({ realTime }, n) => realTime - server.requests[n].realTime);
  return { clock, client, gaps, requests: server.requests };
}

/**
 * The first answer, the options of the client, and the minimal and maximal time until the second request.
 *
 * @type {Record<string, [first: Answer, options: object, min: number, max: number]>}
 */
const RETRIED = {
  "a Retry-After of 30 days": [
    { status: 429, headers: { "retry-after": String(LONG / SECOND) } },
    { maxRetryAfterMs: 40 * DAY },
    LONG,
    LONG + 3 * SECOND,
  ],
  "a Retry-After of 30 days on a 503": [
    { status: 503, headers: { "retry-after": String(LONG / SECOND) } },
    { maxRetryAfterMs: MAX },
    LONG,
    LONG + 3 * SECOND,
  ],
  "a backoff of up to 300 days": [
    { status: 503 },
    { backoff: { baseMs: 300 * DAY, maxMs: MAX } },
    150 * DAY,
    300 * DAY,
  ],
  "a timeout of 30 days": [{ stall: "headers" }, { timeoutMs: LONG }, LONG, LONG + 2 * SECOND],
};

/** @type {[string, FiresAt][]} */
const FIRES = [
  ["on time", TIMERS.exact],
  ["2 ms early", TIMERS.early],
  ["three minutes late", TIMERS.late],
];
for (const [timers, fires] of FIRES) {
  // Each of the successive timers may be late; a response takes 100 ms.
  const lateMs = fires === TIMERS.late ? HOUR : 200;
  describe(`timers ${timers}`, () => {
    for (const [name, [first, options, min, max]] of Object.entries(RETRIED)) {
      test(name, async (t) => {
        t.mock.method(Math, "random", () => 0.5);
        const { clock, client, gaps } = machine(t, [first, {}], options, fires);
        await clock.run(client.get(PATH));
        const [gap, ...others] = gaps();
        assert.ok(gap >= min && gap <= max + lateMs, `${gap / DAY} days`);
        assert.deepEqual([others, clock.timers.size], [[], 0]);
      });
    }

    test("a deadline of 40 days, with an attempt that may take longer", async (t) => {
      const { clock, client, requests } = machine(
        t,
        [{ stall: "body" }],
        { deadlineMs: 40 * DAY, timeoutMs: MAX },
        fires,
      );
      const error = await clock.run(rejection(client.get(PATH)));
      assert.deepEqual(
        [error.name, error.scope, requests.length, clock.timers.size],
        ["TimeoutError", "deadline", 1, 0],
      );
      assert.ok(clock.realTime >= 40 * DAY && clock.realTime <= 40 * DAY + lateMs, `${clock.realTime / DAY} days`);
    });

    test("a deadline of 40 days in a queue, and one of 30 behind it", async (t) => {
      const stalls = Array.from({ length: 16 }, () => ({ stall: "headers" }));
      const { clock, client, requests } = machine(t, stalls, { timeoutMs: MAX, maxRetries: 0 }, fires);
      for (let n = 0; n < 16; n += 1) client.get(PATH).catch(() => {});
      await clock.wait(HOUR);
      assert.equal(requests.length, 16, "the concurrency limit is reached");
      const waits = [40 * DAY, 30 * DAY].map(async (deadlineMs) => {
        const error = await rejection(client.get(PATH, { deadlineMs }));
        return [error.scope, error.attempts.at(-1).sent, Math.floor((clock.realTime - HOUR) / DAY)];
      });
      assert.deepEqual(await clock.run(Promise.all(waits)), [
        ["deadline", false, 40],
        ["deadline", false, 30],
      ]);
      assert.equal(requests.length, 16);
    });

    test("a poll every 30 days", async (t) => {
      const { clock, client, gaps } = machine(t, [open, { body: { id: "o", status: "COMPLETED" } }], {}, fires);
      await clock.run(client.orders.wait("o", { pollMs: LONG }));
      assert.ok(gaps()[0] >= LONG && gaps()[0] <= LONG + lateMs, `${gaps()[0] / DAY} days`);
    });

    test("a poll interval of 285,000 years, until it is aborted", async (t) => {
      const { clock, client, requests } = machine(t, [open], {}, fires);
      const controller = new AbortController();
      const wait = rejection(client.orders.wait("o", { pollMs: MAX, signal: controller.signal }));
      await clock.wait(365 * DAY);
      controller.abort("enough");
      assert.equal(await clock.run(wait), "enough");
      assert.deepEqual([requests.length, clock.timers.size], [1, 0]);
    });

    test("a poll with a Retry-After of 30 days, within maxRetryAfterMs", async (t) => {
      const delayed = { ...open, headers: { "retry-after": String(LONG / SECOND) } };
      const { clock, client, gaps } = machine(
        t,
        [delayed, { body: { id: "o", status: "COMPLETED" } }],
        { maxRetryAfterMs: 40 * DAY },
        fires,
      );
      await clock.run(client.orders.wait("o"));
      assert.ok(gaps()[0] >= LONG && gaps()[0] <= LONG + lateMs, `${gaps()[0] / DAY} days`);
    });
  });
}

test("a Retry-After of 30 days delays other calls by an hour", async (t) => {
  const { clock, client, requests } = machine(
    t,
    [{ status: 429, headers: { "retry-after": String(LONG / SECOND) } }, {}],
    { maxRetryAfterMs: 40 * DAY },
  );
  const retried = client.get(`${PATH}/retried`);
  await clock.wait(SECOND);
  const other = client.get(`${PATH}/other`);
  await clock.run(other);
  assert.ok(clock.realTime >= HOUR && clock.realTime < HOUR + MINUTE, `${clock.realTime} ms`);
  await clock.run(retried);
  assert.equal(requests.length, 3);
  assert.ok(requests[2].realTime >= LONG, `${requests[2].realTime} ms`);
});

test("durations that are not a safe integer are rejected", async () => {
  /** @param {object} options */
  const make = (options) => thrown(() => new OpenProspect({ apiKey: "lnc_test_a", ...options }));
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: () => assert.fail("a request was sent"),
  });
  for (const ms of [Infinity, Number.MAX_VALUE, MAX + 1, NaN, -1]) {
    for (const name of ["timeoutMs", "deadlineMs", "maxRetryAfterMs"])
      assert.deepEqual([make({ [name]: ms }).name, make({ [name]: ms }).option], ["ConfigurationError", name]);
    for (const name of ["baseMs", "maxMs"]) assert.equal(make({ backoff: { [name]: ms } }).option, `backoff.${name}`);
    for (const name of ["timeoutMs", "deadlineMs"])
      assert.equal((await rejection(client.get(PATH, { [name]: ms }))).option, name);
    for (const name of ["pollMs", "deadlineMs"])
      assert.equal((await rejection(client.orders.wait("o", { [name]: ms }))).option, name);
  }
});
