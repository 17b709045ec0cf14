import assert from "node:assert/strict";
import test from "node:test";
import { behavior } from "./server/behavior.mjs";
import { createCounts } from "./server/counts.mjs";
import { downFor, fixedWindow, tokenBucket } from "./server/limits.mjs";

const allowedAt = (allows, now, times) => Array.from({ length: times }, () => allows(now)).filter(Boolean).length;

test("a token bucket allows its burst, then its rate", () => {
  const allows = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(allowedAt(allows, 1000, 20), 10);
  assert.equal(allows(1019), false);
  assert.equal(allows(1020), true);
  assert.equal(allows(1020), false);
  assert.equal(allowedAt(allows, 1120, 20), 5);
});

test("a token bucket never holds more than its burst", () => {
  const allows = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(allowedAt(allows, 0, 20), 10);
  assert.equal(allowedAt(allows, 60_000, 20), 10);
});

test("300 ideally timed calls take 5.8 s", () => {
  const allows = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(allowedAt(allows, 0, 10), 10);
  for (let call = 1; call <= 290; call += 1) assert.equal(allows(call * 20), true, `call ${call}`);
});

test("a window begins with the first request and does not carry over", () => {
  const allows = fixedWindow({ allowed: 10, ms: 1000 });
  assert.equal(allowedAt(allows, 700, 20), 10);
  assert.equal(allows(1699), false);
  assert.equal(allowedAt(allows, 1700, 20), 10);
  assert.equal(allowedAt(allows, 9000, 20), 10);
});

test("a server that is down recovers", () => {
  const allows = downFor({ ms: 5000 });
  assert.deepEqual(
    [100, 5099, 5100, 9000].map((now) => allows(now)),
    [false, false, true, true],
  );
});

test("a 429 has its retry_after in the header, in the body, or not at all", () => {
  const rejected = (hint) => behavior({ kind: "bucket", rate: 1, burst: 0, hint, seconds: 0.5 })(0);
  const [header, body, none] = ["header", "body", "none"].map(rejected);
  assert.deepEqual(
    [header, body, none].map(({ status }) => status),
    [429, 429, 429],
  );
  assert.deepEqual(
    [header, body, none].map(({ headers }) => headers["retry-after"]),
    ["0.5", undefined, undefined],
  );
  assert.deepEqual(
    [header, body, none].map((response) => JSON.parse(response.body).retry_after),
    [undefined, 0.5, undefined],
  );
  assert.deepEqual(
    [header, body, none].map(({ waitMs }) => waitMs),
    [500, 500, undefined],
  );
});

test("the other servers respond as named", () => {
  const status = (kind) => behavior({ kind, ms: 10 })(0)?.status ?? null;
  assert.deepEqual(["small", "missing", "dead", "down", "hanging"].map(status), [200, 404, 500, 503, null]);
  assert.throws(() => behavior({ kind: "odd" }), /unknown server "odd"/);
  assert.throws(() => behavior({ kind: "busy", hint: "odd", seconds: 1 }), /unknown hint "odd"/);
});

test("requests and responses are counted", () => {
  const { counts, arrived, responded } = createCounts();
  for (const [at, status] of [
    [10, 200],
    [20, 429],
    [30, 503],
    [40, 200],
  ]) {
    arrived(at, null);
    responded(at, null, status);
  }
  assert.deepEqual(counts, {
    requests: 4,
    successes: 2,
    rateLimited: 1,
    errors: 1,
    earlyOwn: 0,
    earlyShared: 0,
    firstAt: 10,
    lastAt: 40,
    lastSuccessAt: 40,
  });
});

test("a request before the Retry-After of its call is early", () => {
  const { counts, arrived, responded } = createCounts();
  arrived(0, "1");
  responded(0, "1", 429, 1000);
  arrived(999, "1");
  assert.equal(counts.earlyOwn, 1);
  responded(999, "1", 429, 1000);
  arrived(1999, "1");
  assert.equal(counts.earlyOwn, 1);
});

test("so is a request of another call, once the client can know the Retry-After", () => {
  const { counts, arrived, responded } = createCounts();
  arrived(0, "1");
  responded(0, "1", 429, 1000);
  arrived(99, "2");
  assert.equal(counts.earlyShared, 0);
  arrived(100, "3");
  arrived(999, "4");
  assert.equal(counts.earlyShared, 2);
  arrived(1000, "5");
  assert.deepEqual([counts.earlyShared, counts.earlyOwn], [2, 0]);
});
