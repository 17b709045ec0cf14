// Retry-After on a 503.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clock, COPIES, rejection, serve, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const HOUR = 3_600_000;
/**
 * The fault of the mock, and the minimal and maximal seconds until the second request.
 *
 * @type {[name: string, fault: object, min: number, max: number][]}
 */
const VALID = [
  ["a fraction", { retryAfter: "1.5" }, 1.5, 1.9],
  ["a date", { retryAfter: { date: 2000 } }, 2, 2.5],
  ["a date, the server's clock an hour ahead", { retryAfter: { date: 2000 }, clockSkewMs: HOUR }, 2, 2.5],
  ["a date, the server's clock an hour behind", { retryAfter: { date: 2000 }, clockSkewMs: -HOUR }, 2, 2.5],
  ["a list", { retryAfter: "2, 3" }, 3, 3.6],
];
const IGNORED = [{ date: -60_000 }, "-5", "garbage", "Infinity", "1e3"];

/**
 * Seconds from the first request to its retry.
 *
 * @param {Awaited<ReturnType<typeof serve>>} served
 * @param {any} copy
 * @param {object} fault
 */
async function between({ mock, client }, copy, fault) {
  mock.fail({ status: 503, ...fault });
  const { attempts } = await client({ deadlineMs: 20_000 }, copy).request("GET", PATH);
  const [first, second] = mock.requests;
  assert.equal(mock.requests.length, 2);
  assert.equal(attempts[0].waitReason, "retry_after");
  return (second.at - first.at) / 1000;
}

describe("concurrently", { concurrency: true }, () => {
  for (const [how, copy] of COPIES) {
    for (const [name, fault, min, max] of VALID) {
      test(`${how}: ${name} is used`, async (t) => {
        const seconds = await between(await serve(t), copy, fault);
        assert.ok(seconds >= min && seconds < max, `${seconds} s`);
      });
    }

    test(`${how}: no request is sent before a date, without a Date header`, async (t) => {
      const { mock, client } = await serve(t);
      const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
      mock.fail({ status: 503, retryAfter: date, headers: { date: null } });
      await client({}, copy).get(PATH);
      assert.ok(mock.requests[1].at >= Date.parse(date));
      assert.ok(mock.requests[1].at < Date.parse(date) + 500);
    });

    for (const retryAfter of IGNORED) {
      test(`${how}: ${JSON.stringify(retryAfter)} is ignored`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 503, retryAfter });
        const { attempts } = await client({}, copy).request("GET", PATH);
        assert.deepEqual([attempts[0].waitMs, attempts[0].waitReason], [40, "backoff"]);
        assert.equal(mock.requests.length, 2);
      });
    }
  }
});

// Sequentially, since they measure milliseconds.
for (const [how, copy] of COPIES) {
  test(`${how}: zero means no wait`, async (t) => {
    const served = await serve(t);
    await served.client({}, copy).get(PATH);
    served.mock.clear();
    const seconds = await between(served, copy, { retryAfter: "0" });
    assert.ok(seconds < 0.2, `${seconds} s`);
  });

  test(`${how}: more than maxRetryAfterMs rejects immediately`, async (t) => {
    const { mock, client } = await serve(t);
    const own = client({ deadlineMs: 600_000 }, copy);
    await own.get(PATH);
    mock.fail({ status: 503, retryAfter: "90" });
    const before = clock();
    const error = await rejection(own.get(PATH));
    const after = clock();
    assert.ok(after - before < 10_000, `${after - before} ms`);
    assert.equal(error.name, "ServerError");
    assert.deepEqual([error.stoppedBy, error.retryAfterMs], ["retry_after", 90_000]);
    assert.ok(error.retryAt instanceof Date);
    assert.ok(error.retryAt >= before + 90_000 - 1 && error.retryAt <= after + 90_000, String(error.retryAt));
    assert.equal(mock.requests.length, 2);
  });
}

for (const [how, copy] of COPIES) {
  test(`${how}: maxRetryAfterMs of a call overrides the client's, also while other calls are rejected`, async (t) => {
    const { mock, client } = await serve(t);
    /** @type {string[]} */
    const events = [];
    const onEvent = (/** @type {{ type: string }} */ { type }) => events.push(type);
    const own = client({ maxRetryAfterMs: 100, deadlineMs: 600_000, onEvent }, copy);
    mock.fail({ status: 429, retryAfter: "1" });
    const patient = own.request("GET", PATH, { maxRetryAfterMs: 5_000 });
    await until(() => events.includes("throttled"), "the rate limit is known");
    const error = await rejection(own.get(PATH));
    assert.deepEqual([error.name, error.stoppedBy], ["RateLimitError", "retry_after"]);
    assert.match(error.message, /longer than maxRetryAfterMs \(100 ms\)/);
    const { attempts } = await patient;
    assert.equal(attempts[0].waitReason, "retry_after");
    assert.equal(mock.requests.length, 2, "the rejected call sent nothing");
    const invalid = await rejection(own.get(PATH, { maxRetryAfterMs: "5" }));
    assert.deepEqual([invalid.name, invalid.option], ["ConfigurationError", "maxRetryAfterMs"]);
  });
}

// Not concurrently with other tests: it replaces the timers of the process.
test("timers that fire early end no wait and no attempt early", async (t) => {
  const { setTimeout: real } = globalThis;
  /** @type {(then: () => void, ms: number) => NodeJS.Timeout} */
  const early = (then, ms) => real(then, ms > 20 ? ms / 2 : ms);
  Object.assign(globalThis, { setTimeout: early });
  t.after(() => {
    globalThis.setTimeout = real;
  });
  for (const [, copy] of COPIES) {
    const { mock, client } = await serve(t);
    mock.fail({ status: 503, retryAfter: "0.2" }, { stall: "headers" });
    const { attempts } = await client({}, copy).request("GET", PATH, { timeoutMs: 300 });
    const [first, second, third] = mock.requests;
    assert.ok(second.at - first.at >= 200, `a wait of ${second.at - first.at} ms`);
    assert.ok(
      third.at - second.at >= 300 && attempts[1].durationMs >= 300,
      `an attempt of ${attempts[1].durationMs} ms`,
    );
  }
});
