// Timers that do not go by the clock, as those of `node:test`, and a clock that nobody may read before an answer.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { COPIES, TEST_KEYS, turn } from "../helpers/setup.mjs";

const VALID = '{"valid":true,"scopes":[]}';

/** Lets a program do all that it can without timers. */
async function quiet() {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

for (const [how, { OpenProspect }] of COPIES) {
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...options });
  const mocked = (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    return mock.timers;
  };
  const outcome = (promise) => {
    const seen = { settled: false };
    const settle = (value) => Object.assign(seen, { settled: true, value });
    promise.then(settle, settle);
    return seen;
  };

  test(`${how}: a wait for a retry ends when the mocked timer fires, and not before`, async (t) => {
    const timers = mocked(t);
    let count = 0;
    const client = connect(
      async () => new Response(VALID, count++ === 0 ? { status: 429, headers: { "retry-after": "37" } } : {}),
    );
    const call = outcome(client.auth.validate());
    await quiet();
    timers.tick(36_900);
    await quiet();
    assert.deepEqual([count, call.settled], [1, false]);
    // The limiter asks a millisecond later, and adds a little by chance.
    timers.tick(1_100);
    await quiet();
    timers.tick(5_000);
    await quiet();
    assert.deepEqual([count, call.value], [2, { valid: true, scopes: [] }]);
  });

  test(`${how}: an attempt that stalls ends at its mocked time`, async (t) => {
    const timers = mocked(t);
    const stalled = (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const call = outcome(connect(stalled, { maxRetries: 0, timeoutMs: 7_000 }).auth.validate());
    await quiet();
    timers.tick(6_999);
    await quiet();
    assert.equal(call.settled, false);
    timers.tick(1);
    await quiet();
    assert.deepEqual([call.value?.kind, call.value?.scope], ["timeout", "attempt"]);
  });

  test(`${how}: orders.wait polls at each mocked time, and keeps its deadline`, async (t) => {
    const timers = mocked(t);
    let count = 0;
    const client = connect(
      async () => new Response(`{"id":"a","status":"${((count += 1)) < 4 ? "IN_PROGRESS" : "COMPLETED"}"}`),
    );
    const wait = outcome(client.orders.wait("a", { pollMs: 1_000 }));
    for (let looks = 1; looks <= 4; looks += 1) {
      await quiet();
      assert.equal(count, looks);
      timers.tick(60_000);
    }
    await quiet();
    assert.equal(wait.value?.status, "COMPLETED");

    count = -100;
    const late = outcome(client.orders.wait("a", { pollMs: 20_000, deadlineMs: 90_000 }));
    for (let steps = 0; steps < 30 && !late.settled; steps += 1) {
      await quiet();
      timers.tick(5_000);
    }
    await quiet();
    assert.deepEqual([late.value?.kind, late.value?.scope], ["timeout", "deadline"]);
  });

  test(`${how}: forty days pass when the mocked timers say so`, async (t) => {
    const timers = mocked(t);
    const DAY = 86_400_000;
    let count = 0;
    const client = connect(
      async () =>
        new Response(VALID, count++ === 0 ? { status: 503, headers: { "retry-after": `${40 * 86_400}` } } : {}),
      { maxRetryAfterMs: 50 * DAY, deadlineMs: null },
    );
    const call = outcome(client.auth.validate());
    await quiet();
    for (let day = 1; day <= 39; day += 1) {
      timers.tick(DAY);
      await quiet();
    }
    assert.equal(count, 1);
    for (let day = 40; day <= 48; day += 1) {
      timers.tick(DAY);
      await quiet();
    }
    assert.deepEqual([count, call.value], [2, { valid: true, scopes: [] }]);
  });

  test(`${how}: before its first answer a call reads no wall clock and no chance`, async (t) => {
    const { random } = Math;
    const RealDate = Date;
    const read = [];
    let isForbidden = false;
    const look = (name) => {
      if (isForbidden) read.push(name, new Error().stack);
    };
    t.after(() => {
      globalThis.Date = RealDate;
      Math.random = random;
    });
    globalThis.Date = class extends RealDate {
      constructor(...args) {
        if (args.length === 0) look("new Date");
        super(...args);
      }
      static now() {
        look("Date.now");
        return RealDate.now();
      }
    };
    Math.random = () => {
      look("Math.random");
      return random();
    };
    // Each call has an answer of its own to wait for, also where the client has had others.
    const fetch = async (url) => {
      await quiet();
      isForbidden = false;
      return new Response(url.includes("validate") ? VALID : '{"id":"a","status":"COMPLETED","items":[],"total":0}');
    };
    const calls = [
      (client) => client.auth.validate(),
      (client) => client.get("/api/v1/orders", { query: { limit: 3 } }),
      (client) => client.orders.wait("a"),
      (client) => client.orders.list({ limit: 2 }),
    ];
    isForbidden = true;
    const client = connect(fetch, { onEvent() {} });
    const asked = connect(fetch, { apiKey: async () => TEST_KEYS.full });
    for (const one of [client, asked]) {
      for (const call of calls) {
        isForbidden = true;
        await call(one);
      }
    }
    assert.deepEqual(read, []);
  });
}
