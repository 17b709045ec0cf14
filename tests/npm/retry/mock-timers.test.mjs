// Timers that are independent of the clock, like those of `node:test`; and no clock is read before the first response.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { COPIES, TEST_KEYS, turn } from "../helpers/setup.mjs";

const VALID = '{"valid":true,"scopes":[]}';

/** Ticks of the event loop in which a program does all that it can without timers. */
async function idle() {
  for (let ticks = 0; ticks < 20; ticks += 1) await turn();
}

for (const [how, { OpenProspect }] of COPIES) {
  /**
   * @param {(url: string, init: { signal: AbortSignal }) => Promise<Response>} fetch
   * @param {object} [options]
   */
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...options });
  /** @param {import("node:test").TestContext} t */
  const mocked = (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    return mock.timers;
  };
  /**
   * The state of a promise, now and later; `value` may be the reason.
   *
   * @param {Promise<unknown>} promise
   */
  const outcome = (promise) => {
    /** @type {{ settled: boolean, value?: any }} */
    const state = { settled: false };
    /** @param {unknown} value */
    const settle = (value) => Object.assign(state, { settled: true, value });
    promise.then(settle, settle);
    return state;
  };

  test(`${how}: a wait for a retry ends when the mocked timer fires, and not before`, async (t) => {
    const timers = mocked(t);
    let count = 0;
    const client = connect(
      async () => new Response(VALID, count++ === 0 ? { status: 429, headers: { "retry-after": "37" } } : {}),
    );
    const call = outcome(client.auth.validate());
    await idle();
    timers.tick(36_900);
    await idle();
    assert.deepEqual([count, call.settled], [1, false]);
    // The limiter adds a millisecond and jitter.
    timers.tick(1_100);
    await idle();
    timers.tick(5_000);
    await idle();
    assert.deepEqual([count, call.value], [2, { valid: true, scopes: [] }]);
  });

  test(`${how}: a stalled attempt ends when its mocked timer fires`, async (t) => {
    const timers = mocked(t);
    /** @type {(url: string, init: { signal: AbortSignal }) => Promise<Response>} */
    const stalled = (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const call = outcome(connect(stalled, { maxRetries: 0, timeoutMs: 7_000 }).auth.validate());
    await idle();
    timers.tick(6_999);
    await idle();
    assert.equal(call.settled, false);
    timers.tick(1);
    await idle();
    assert.deepEqual([call.value?.kind, call.value?.scope], ["timeout", "attempt"]);
  });

  test(`${how}: orders.wait polls when the mocked timers fire, and ends at its deadline`, async (t) => {
    const timers = mocked(t);
    let count = 0;
    const client = connect(
      async () => new Response(`{"id":"a","status":"${((count += 1)) < 4 ? "IN_PROGRESS" : "COMPLETED"}"}`),
    );
    const wait = outcome(client.orders.wait("a", { pollMs: 1_000 }));
    for (let polls = 1; polls <= 4; polls += 1) {
      await idle();
      assert.equal(count, polls);
      timers.tick(60_000);
    }
    await idle();
    assert.equal(wait.value?.status, "COMPLETED");

    count = -100;
    const late = outcome(client.orders.wait("a", { pollMs: 20_000, deadlineMs: 90_000 }));
    for (let steps = 0; steps < 30 && !late.settled; steps += 1) {
      await idle();
      timers.tick(5_000);
    }
    await idle();
    assert.deepEqual([late.value?.kind, late.value?.scope], ["timeout", "deadline"]);
  });

  test(`${how}: a wait of forty days ends when the mocked timers fire`, async (t) => {
    const timers = mocked(t);
    const DAY = 86_400_000;
    let count = 0;
    const client = connect(
      async () =>
        new Response(VALID, count++ === 0 ? { status: 503, headers: { "retry-after": `${40 * 86_400}` } } : {}),
      { maxRetryAfterMs: 50 * DAY, deadlineMs: null },
    );
    const call = outcome(client.auth.validate());
    await idle();
    for (let day = 1; day <= 39; day += 1) {
      timers.tick(DAY);
      await idle();
    }
    assert.equal(count, 1);
    for (let day = 40; day <= 48; day += 1) {
      timers.tick(DAY);
      await idle();
    }
    assert.deepEqual([count, call.value], [2, { valid: true, scopes: [] }]);
  });

  test(`${how}: before its first response a call reads neither the wall clock nor Math.random`, async (t) => {
    const { random } = Math;
    const RealDate = Date;
    /** @type {unknown[]} */
    const reads = [];
    let isForbidden = false;
    /** @param {string} name */
    const record = (name) => {
      if (isForbidden) reads.push(name, new Error().stack);
    };
    t.after(() => {
      globalThis.Date = RealDate;
      Math.random = random;
    });
    /** @type {any} */ (globalThis).Date = class extends RealDate {
      /** @param {any[]} args */
      constructor(...args) {
        if (args.length === 0) record("new Date");
        super(.../** @type {[]} */ (args));
      }
      static now() {
        record("Date.now");
        return RealDate.now();
      }
    };
    Math.random = () => {
      record("Math.random");
      return random();
    };
    // Each call waits for a response of its own, even if the client has received others.
    /** @param {string} url */
    const fetch = async (url) => {
      await idle();
      isForbidden = false;
      return new Response(url.includes("validate") ? VALID : '{"id":"a","status":"COMPLETED","items":[],"total":0}');
    };
    /** @type {((client: any) => Promise<unknown>)[]} */
    const calls = [
      (client) => client.auth.validate(),
      (client) => client.get("/api/v1/orders", { query: { limit: 3 } }),
      (client) => client.orders.wait("a"),
      (client) => client.orders.list({ limit: 2 }),
    ];
    isForbidden = true;
    const client = connect(fetch, { onEvent() {} });
    const withProvider = connect(fetch, { apiKey: async () => TEST_KEYS.full });
    for (const one of [client, withProvider]) {
      for (const call of calls) {
        isForbidden = true;
        await call(one);
      }
    }
    assert.deepEqual(reads, []);
  });
}
