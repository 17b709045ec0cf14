import assert from "node:assert/strict";
import test from "node:test";
import { behaviour } from "./server/behaviour.mjs";
import { createCounts } from "./server/counts.mjs";
import { downFor, fixedWindow, tokenBucket } from "./server/limits.mjs";

const through = (lets, now, times) => Array.from({ length: times }, () => lets(now)).filter(Boolean).length;

test("a bucket lets its burst through, then its rate", () => {
  const lets = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(through(lets, 1000, 20), 10);
  assert.equal(lets(1019), false);
  assert.equal(lets(1020), true);
  assert.equal(lets(1020), false);
  assert.equal(through(lets, 1120, 20), 5);
});

test("a bucket never holds more than its burst", () => {
  const lets = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(through(lets, 0, 20), 10);
  assert.equal(through(lets, 60_000, 20), 10);
});

test("300 calls that know the bucket take 5.8 s", () => {
  const lets = tokenBucket({ rate: 50, burst: 10 });
  assert.equal(through(lets, 0, 10), 10);
  for (let call = 1; call <= 290; call += 1) assert.equal(lets(call * 20), true, `call ${call}`);
});

test("a window begins with the first request and forgets the one before", () => {
  const lets = fixedWindow({ allowed: 10, ms: 1000 });
  assert.equal(through(lets, 700, 20), 10);
  assert.equal(lets(1699), false);
  assert.equal(through(lets, 1700, 20), 10);
  assert.equal(through(lets, 9000, 20), 10);
});

test("a server that is down comes back", () => {
  const lets = downFor({ ms: 5000 });
  assert.deepEqual(
    [100, 5099, 5100, 9000].map((now) => lets(now)),
    [false, false, true, true],
  );
});

test("a refusal tells the wait in the header, in the body, or not at all", () => {
  const refused = (hint) => behaviour({ kind: "bucket", rate: 1, burst: 0, hint, seconds: 0.5 })(0);
  const [header, body, none] = ["header", "body", "none"].map(refused);
  assert.deepEqual(
    [header, body, none].map(({ status }) => status),
    [429, 429, 429],
  );
  assert.deepEqual(
    [header, body, none].map(({ headers }) => headers["retry-after"]),
    ["0.5", undefined, undefined],
  );
  assert.deepEqual(
    [header, body, none].map((answer) => JSON.parse(answer.body).retry_after),
    [undefined, 0.5, undefined],
  );
  assert.deepEqual(
    [header, body, none].map(({ waitMs }) => waitMs),
    [500, 500, undefined],
  );
});

test("the other servers answer as they are called", () => {
  const status = (kind) => behaviour({ kind, ms: 10 })(0)?.status ?? null;
  assert.deepEqual(["small", "missing", "dead", "down", "hanging"].map(status), [200, 404, 500, 503, null]);
  assert.throws(() => behaviour({ kind: "odd" }), /no server behaves like "odd"/);
  assert.throws(() => behaviour({ kind: "busy", hint: "odd", seconds: 1 }), /no server hints like "odd"/);
});

test("requests and answers are counted", () => {
  const { counts, arrived, answered } = createCounts();
  for (const [at, status] of [
    [10, 200],
    [20, 429],
    [30, 503],
    [40, 200],
  ]) {
    arrived(at, null);
    answered(at, null, status);
  }
  assert.deepEqual(counts, {
    requests: 4,
    successes: 2,
    refusals: 1,
    errors: 1,
    earlyOwn: 0,
    earlyShared: 0,
    firstAt: 10,
    lastAt: 40,
    lastSuccessAt: 40,
  });
});

test("a call that comes before it was told to is early", () => {
  const { counts, arrived, answered } = createCounts();
  arrived(0, "1");
  answered(0, "1", 429, 1000);
  arrived(999, "1");
  assert.equal(counts.earlyOwn, 1);
  answered(999, "1", 429, 1000);
  arrived(1999, "1");
  assert.equal(counts.earlyOwn, 1);
});

test("so is another call, once the refusal can be known", () => {
  const { counts, arrived, answered } = createCounts();
  arrived(0, "1");
  answered(0, "1", 429, 1000);
  arrived(99, "2");
  assert.equal(counts.earlyShared, 0);
  arrived(100, "3");
  arrived(999, "4");
  assert.equal(counts.earlyShared, 2);
  arrived(1000, "5");
  assert.deepEqual([counts.earlyShared, counts.earlyOwn], [2, 0]);
});
