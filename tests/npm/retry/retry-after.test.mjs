// Retry-After on a 503, in seconds until the second request.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clock, COPIES, rejection, serve } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
const HOUR = 3_600_000;
/** What the server says, and the least and the most seconds until the second request. */
const OBEYED = [
  ["a fraction", { retryAfter: "1.5" }, 1.5, 1.9],
  ["a date", { retryAfter: { date: 2000 } }, 2, 2.5],
  ["a date, the server's clock an hour ahead", { retryAfter: { date: 2000 }, clockSkewMs: HOUR }, 2, 2.5],
  ["a date, the server's clock an hour behind", { retryAfter: { date: 2000 }, clockSkewMs: -HOUR }, 2, 2.5],
  ["a list", { retryAfter: "2, 3" }, 3, 3.6],
];
const NO_ADVICE = [{ date: -60_000 }, "-5", "garbage", "Infinity", "1e3"];

/** Seconds from the refused request to the next. */
async function between({ mock, client }, copy, fault) {
  mock.fail({ status: 503, ...fault });
  const { attempts } = await client({ deadlineMs: 20_000 }, copy).request("GET", PATH);
  const [first, second] = mock.requests;
  assert.equal(mock.requests.length, 2);
  assert.equal(attempts[0].waitReason, "retry_after");
  return (second.at - first.at) / 1000;
}

describe("all at once", { concurrency: true }, () => {
  for (const [how, copy] of COPIES) {
    for (const [name, fault, least, most] of OBEYED) {
      test(`${how}: ${name} is obeyed`, async (t) => {
        const seconds = await between(await serve(t), copy, fault);
        assert.ok(seconds >= least && seconds < most, `${seconds} s`);
      });
    }

    test(`${how}: a date without a Date beside it is not come before`, async (t) => {
      const { mock, client } = await serve(t);
      const instant = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
      mock.fail({ status: 503, retryAfter: instant, headers: { date: null } });
      await client({}, copy).get(PATH);
      assert.ok(mock.requests[1].at >= Date.parse(instant));
      assert.ok(mock.requests[1].at < Date.parse(instant) + 500);
    });

    for (const retryAfter of NO_ADVICE) {
      test(`${how}: ${JSON.stringify(retryAfter)} is no advice`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 503, retryAfter });
        const { attempts } = await client({}, copy).request("GET", PATH);
        assert.deepEqual([attempts[0].waitMs, attempts[0].waitReason], [40, "backoff"]);
        assert.equal(mock.requests.length, 2);
      });
    }
  }
});

// One after the other, since they are about milliseconds.
for (const [how, copy] of COPIES) {
  test(`${how}: zero is at once`, async (t) => {
    const served = await serve(t);
    await served.client({}, copy).get(PATH);
    served.mock.clear();
    const seconds = await between(served, copy, { retryAfter: "0" });
    assert.ok(seconds < 0.2, `${seconds} s`);
  });

  test(`${how}: more than allowed rejects at once`, async (t) => {
    const { mock, client } = await serve(t);
    const own = client({ deadlineMs: 600_000 }, copy);
    await own.get(PATH);
    mock.fail({ status: 503, retryAfter: "90" });
    const before = clock();
    const error = await rejection(own.get(PATH));
    const after = clock();
    assert.ok(after - before < 50, `${after - before} ms`);
    assert.equal(error.name, "ServerError");
    assert.deepEqual([error.stoppedBy, error.retryAfterMs], ["retry_after", 90_000]);
    assert.ok(error.retryAt instanceof Date);
    assert.ok(error.retryAt >= before + 90_000 - 1 && error.retryAt <= after + 90_000, String(error.retryAt));
    assert.equal(mock.requests.length, 2);
  });
}

// Not beside other tests: it changes the timers of the process.
test("timers that fire early end no wait and no attempt early", async (t) => {
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (then, ms, ...rest) => real(then, ms > 20 ? ms / 2 : ms, ...rest);
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
