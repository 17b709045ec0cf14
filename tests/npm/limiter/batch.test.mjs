// Batch work and interactive calls: their defaults, and the order in which they are sent. On a fake clock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Clock } from "../helpers/fake-clock.mjs";
import { COPIES, rejection } from "../helpers/setup.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** @typedef {{ elapsed: number, n: number, path: string }} Sent */
/** @typedef {(sent: Sent) => [status: number, headers?: Record<string, string>]} Answer */

/** @type {Answer} */
const down = () => [503];
/** @type {(ms: number) => Answer} */
const downFor =
  (ms) =>
  ({ elapsed }) =>
    elapsed < ms ? [503] : [200];
/** @type {(seconds: number) => Answer} */
const limitedFor =
  (seconds) =>
  ({ n }) =>
    n === 1 ? [429, { "retry-after": String(seconds) }] : [200];

/**
 * A client of a server that responds after 100 ms.
 *
 * @param {import("node:test").TestContext} t
 * @param {any} copy of the package
 * @param {Answer} answer
 * @param {object} [options]
 */
function connect(t, copy, answer, options) {
  const clock = new Clock().install(t);
  /** @type {Sent[]} */
  const requests = [];
  /** @param {string} url @param {{ signal: AbortSignal }} init */
  const fetch = (url, { signal }) => {
    const sent = { elapsed: clock.elapsed, n: requests.length + 1, path: new URL(url).pathname };
    requests.push(sent);
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      clock.schedule(100, () => {
        const [status, headers] = answer({ ...sent, elapsed: clock.elapsed });
        resolve(new Response("{}", { status, headers }));
      });
    });
  };
  const client = new copy.OpenProspect({ apiKey: "lnc_test_b", baseUrl: "https://api.test", fetch, ...options });
  return { clock, client, requests };
}

/**
 * Options of batch work, set on the client or on the call.
 *
 * @type {[string, (options: object) => [object, object]][]}
 */
const PLACES = [
  ["the client", (options) => [{ batch: true, ...options }, {}]],
  ["the call", (options) => [{}, { batch: true, ...options }]],
  [
    "the call of a batch client",
    (options) => [
      { batch: true, maxRetries: 7 },
      { maxRetries: 1000, ...options },
    ],
  ],
];

/** Each override, with the response and what stops the call, within so many milliseconds. */
const OVERRIDES = /** @type {[object, Answer, string, number][]} */ ([
  [{ maxRetries: 1 }, down, "attempts", 3 * SECOND],
  [{ giveUpAfterMs: MINUTE }, down, "give_up_after", MINUTE + SECOND],
  [{ giveUpAfterMs: 0 }, down, "give_up_after", 100],
  [{ deadlineMs: MINUTE }, down, "deadline", MINUTE + 1],
  [{ maxRetryAfterMs: 10_000 }, limitedFor(11), "retry_after", 100],
]);

/** Options that would end batch work early, and those that would end an interactive call early. */
const TIGHT = { maxRetries: 0, maxRetryAfterMs: 0, giveUpAfterMs: 0, deadlineMs: SECOND };

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [where, options] of PLACES) {
      const [own, call] = options({});
      test(`batch on ${where}: three hours of 503 do not end it`, async (t) => {
        const { client, clock } = connect(t, copy, downFor(3 * HOUR), own);
        await clock.run(client.orders.get("o", call));
        assert.ok(clock.elapsed >= 3 * HOUR && clock.elapsed < 3 * HOUR + MINUTE, `${clock.elapsed}`);
      });

      test(`batch on ${where}: it gives up after four hours of failure`, async (t) => {
        const { client, clock } = connect(t, copy, down, own);
        const error = await clock.run(rejection(client.orders.get("o", call)));
        assert.ok(error instanceof copy.ServerError, String(error));
        assert.equal(error.stoppedBy, "give_up_after");
        assert.ok(clock.elapsed > 4 * HOUR - MINUTE && clock.elapsed <= 4 * HOUR + SECOND, `${clock.elapsed}`);
      });

      test(`batch on ${where}: a Retry-After of two hours is waited for, a longer one ends it`, async (t) => {
        const waits = connect(t, copy, limitedFor(7200), own);
        await waits.clock.run(waits.client.orders.get("o", call));
        assert.equal(waits.requests.length, 2);
        // A pause is an hour at most, but the call itself waits for as long as the server advised.
        assert.ok(waits.clock.elapsed >= 2 * HOUR, `${waits.clock.elapsed}`);
        const ends = connect(t, copy, limitedFor(7201), own);
        const error = await ends.clock.run(rejection(ends.client.orders.get("o", call)));
        assert.deepEqual([error.name, error.stoppedBy, ends.clock.elapsed], ["RateLimitError", "retry_after", 100]);
      });

      for (const [override, answer, stoppedBy, within] of OVERRIDES)
        test(`batch on ${where}: ${JSON.stringify(override)} is kept`, async (t) => {
          const [own, call] = options(override);
          const { client, clock } = connect(t, copy, answer, own);
          const error = await clock.run(rejection(client.orders.get("o", call)));
          assert.equal(error.stoppedBy, stoppedBy, String(error));
          assert.ok(clock.elapsed <= within, `${clock.elapsed}`);
        });
    }

    test("each call has its own time, which begins with its first failed attempt", async (t) => {
      /** @type {Answer} */
      const answer = ({ elapsed }) => [elapsed % HOUR < 45 * SECOND ? 503 : 200];
      const backoff = { baseMs: SECOND, maxMs: SECOND };
      const { client, clock } = connect(t, copy, answer, { batch: true, giveUpAfterMs: MINUTE, backoff });
      await clock.run(client.orders.get("o"));
      await clock.wait(HOUR - clock.elapsed);
      await clock.run(client.orders.get("o"));
      assert.ok(clock.elapsed >= HOUR + 45 * SECOND, `${clock.elapsed}`);
    });

    test("an interactive call gives up after its own time", async (t) => {
      const { client, clock } = connect(t, copy, down, { giveUpAfterMs: 20 * SECOND, maxRetries: 1000 });
      const error = await clock.run(rejection(client.orders.get("o")));
      assert.equal(error.stoppedBy, "give_up_after");
      assert.ok(clock.elapsed <= 20 * SECOND + 200, `${clock.elapsed}`);
    });

    test("an interactive call has its defaults", async (t) => {
      const failing = connect(t, copy, down);
      const error = await failing.clock.run(rejection(failing.client.orders.get("o", { batch: false })));
      assert.deepEqual([error.stoppedBy, error.attempts.length], ["attempts", 3]);
      const limited = connect(t, copy, limitedFor(61));
      const { stoppedBy } = await limited.clock.run(rejection(limited.client.orders.get("o")));
      assert.deepEqual([stoppedBy, limited.clock.elapsed], ["retry_after", 100]);
    });

    test("an interactive call of a batch client has the defaults of its kind", async (t) => {
      const { client, clock } = connect(t, copy, down, { batch: true, ...TIGHT });
      const error = await clock.run(rejection(client.orders.get("o", { batch: false })));
      assert.deepEqual([error.stoppedBy, error.attempts.length], ["attempts", 3]);
      const limited = connect(t, copy, limitedFor(60), { batch: true, ...TIGHT });
      await limited.clock.run(limited.client.orders.get("o", { batch: false }));
      assert.ok(limited.clock.elapsed >= MINUTE);
      const longer = connect(t, copy, limitedFor(61), { batch: true });
      const { stoppedBy } = await longer.clock.run(rejection(longer.client.orders.get("o", { batch: false })));
      assert.equal(stoppedBy, "retry_after");
      const deadline = connect(t, copy, down, { batch: true });
      const late = deadline.client.orders.get("o", { batch: false, maxRetries: 1000 });
      assert.equal((await deadline.clock.run(rejection(late))).stoppedBy, "deadline");
      assert.ok(deadline.clock.elapsed <= 120 * SECOND + 1, `${deadline.clock.elapsed}`);
    });

    test("a batch call of an interactive client has the defaults of its kind", async (t) => {
      const { client, clock } = connect(t, copy, downFor(HOUR), TIGHT);
      await clock.run(client.orders.get("o", { batch: true }));
      assert.ok(clock.elapsed >= HOUR);
      const limited = connect(t, copy, limitedFor(3600), TIGHT);
      await limited.clock.run(limited.client.orders.get("o", { batch: true }));
      assert.ok(limited.clock.elapsed >= HOUR);
    });

    test("a call of the client's kind has the options of the client", async (t) => {
      for (const batch of [true, false]) {
        const { client, clock } = connect(t, copy, down, { batch, maxRetries: 0 });
        const error = await clock.run(rejection(client.orders.get("o", { batch })));
        assert.deepEqual([error.stoppedBy, error.attempts.length], ["attempts", 1]);
      }
    });

    test("a POST that may have been applied is not sent again as batch work", async (t) => {
      const { client, clock, requests } = connect(t, copy, down, { batch: true });
      const error = await clock.run(rejection(client.post("/x", { body: {} })));
      assert.deepEqual([error.stoppedBy, error.mayHaveBeenApplied, requests.length], ["unsafe_method", true, 1]);
    });

    test("interactive calls are sent before batch calls that wait", async (t) => {
      const { client, clock, requests } = connect(t, copy, () => [200]);
      const batch = Array.from({ length: 40 }, (_, index) => client.orders.get(`batch${index}`, { batch: true }));
      await clock.wait(50);
      const interactive = Array.from({ length: 3 }, (_, index) => client.orders.get(`interactive${index}`));
      await clock.run(Promise.all([...batch, ...interactive]));
      const paths = requests.map(({ path }) => path.split("/").at(-1));
      assert.deepEqual(paths.slice(0, 4), ["batch0", "batch1", "batch2", "batch3"]);
      assert.deepEqual(paths.slice(4, 8), ["interactive0", "interactive1", "interactive2", "batch4"]);
      assert.equal(paths.length, 43);
    });

    for (const [batchShare, expected] of [
      [undefined, 90],
      [0.5, 50],
      [1, 100],
    ])
      test(`batchShare ${batchShare}: batch calls wait for the reset, interactive ones do not`, async (t) => {
        let used = 0;
        /** @type {Answer} */
        const quota = ({ elapsed }) => {
          if (elapsed >= HOUR) return [200];
          used += 1;
          const reset = String(Math.ceil((HOUR - elapsed) / SECOND));
          return [200, { "ratelimit-limit": "100", "ratelimit-remaining": `${100 - used}`, "ratelimit-reset": reset }];
        };
        /** @type {any[]} */
        const events = [];
        const onEvent = (/** @type {any} */ event) => events.push(event);
        const { client, clock, requests } = connect(t, copy, quota, { batchShare, onEvent });
        const batch = Promise.all(Array.from({ length: 120 }, () => client.orders.get("batch", { batch: true })));
        await clock.wait(5 * MINUTE);
        assert.equal(requests.length, expected);
        const throttled = events.filter(({ type }) => type === "throttled");
        assert.deepEqual(
          throttled.map(({ waiting }) => waiting),
          [120 - Number(expected)],
        );
        if (batchShare !== 1) {
          const before = clock.elapsed;
          await clock.run(client.orders.get("interactive"));
          assert.equal(clock.elapsed - before, 100);
        }
        assert.equal(events.filter(({ type }) => type === "resumed").length, 0);
        await clock.run(batch);
        assert.ok(clock.elapsed >= HOUR && clock.elapsed < HOUR + MINUTE, `${clock.elapsed}`);
        assert.equal(events.filter(({ type }) => type === "resumed").length, 1);
      });

    for (const [options, message] of /** @type {[object, string][]} */ ([
      [{ batch: 1 }, "batch: got 1; expected true or false"],
      [{ batch: "true" }, 'batch: got "true"; expected true or false'],
      [{ batch: null }, "batch: got null; expected true or false"],
      [{ batchShare: 0 }, "batchShare: got 0; expected a number above 0, 1 at most"],
      [{ batchShare: -0.5 }, "batchShare: got -0.5; expected a number above 0, 1 at most"],
      [{ batchShare: 1.1 }, "batchShare: got 1.1; expected a number above 0, 1 at most"],
      [{ batchShare: Number.NaN }, "batchShare: got NaN; expected a number above 0, 1 at most"],
      [{ batchShare: "0.5" }, 'batchShare: got "0.5"; expected a number above 0, 1 at most'],
      [{ giveUpAfterMs: -1 }, "giveUpAfterMs: got -1; expected a number of milliseconds, 0 or more"],
      [{ giveUpAfterMs: "1" }, 'giveUpAfterMs: got "1"; expected a number of milliseconds, 0 or more'],
      [{ giveUpAfterMs: null }, "giveUpAfterMs: got null; expected a number of milliseconds, 0 or more"],
    ])) {
      const [name] = Object.keys(options);
      test(`an invalid option: ${message}`, async (t) => {
        const invalid = { name: "ConfigurationError", option: name, message };
        assert.throws(() => connect(t, copy, down, options), invalid);
        const { client, clock, requests } = connect(t, copy, down);
        const error = await clock.run(rejection(client.orders.get("o", options)));
        assert.equal(error.name, "ConfigurationError");
        if (name === "batchShare")
          assert.match(error.message, /batchShare: got an option that does not exist; expected batch/);
        else assert.equal(error.message, message);
        assert.deepEqual(requests, []);
      });
    }
  });
}
