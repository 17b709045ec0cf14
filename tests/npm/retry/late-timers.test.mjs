// Timers that are late, because somebody keeps the loop busy or nobody sees the tab, and clocks on walls that are wrong.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { Clock, createServer, TIMERS } from "../helpers/fake-clock.mjs";
import { writeFigures } from "../helpers/metrics.mjs";
import { COPIES, esm, rejection, turn } from "../helpers/setup.mjs";
import { HOUR, MINUTE, SECOND } from "../helpers/clock-faults.mjs";

const PATH = "/api/v1/orders";
const figures = {};
after(() => writeFigures("time-late", figures));

function machine(t, answer, options, fires) {
  const clock = new Clock(fires).install(t);
  const server = createServer(clock, (request, n) => answer(clock, n));
  const client = new esm.OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    ...options,
  });
  return { clock, client, asked: server.asked };
}

test("an answer after the timeout is given if it comes before the late timer, and not after it", async (t) => {
  const late = (afterMs) =>
    machine(t, () => ({ afterMs }), { timeoutMs: 30 * SECOND, maxRetries: 0 }, TIMERS.eachMinute);
  const { clock, client } = late(40 * SECOND);
  assert.deepEqual(await clock.run(client.get(PATH)), {});
  assert.equal(clock.timers.size, 0);
  const { clock: other, client: own } = late(3 * MINUTE);
  const error = await other.run(rejection(own.get(PATH)));
  assert.deepEqual([error.name, error.scope], ["TimeoutError", "attempt"]);
  assert.ok(other.truth >= MINUTE && other.truth <= 2 * MINUTE, `${other.truth} ms`);
});

test("a pause that ends after the deadline sends nothing more, and says what it waited for", async (t) => {
  const { clock, client, asked } = machine(t, () => ({ body: { id: "o", status: "IN_PROGRESS" } }));
  clock.inWorld(2 * SECOND, () => clock.sleep(HOUR, { goesOn: true }));
  const error = await clock.run(rejection(client.orders.wait("o", { deadlineMs: MINUTE })));
  assert.deepEqual([error.name, error.scope, asked.length], ["TimeoutError", "deadline", 1]);
  assert.match(error.message, /still IN_PROGRESS after 60 s \(deadlineMs\)$/);
});

/** The pace after a 429, of sixty calls at a server that takes five at once and five a second. */
for (const [name, fires] of [
  ["on time", TIMERS.exact],
  ["aligned to a second", TIMERS.eachSecond],
  ["aligned to a minute", TIMERS.eachMinute],
]) {
  test(`sixty calls at a limit, timers ${name}`, async (t) => {
    let [tokens, since] = [5, 0];
    const bucket = ({ truth }) => {
      [tokens, since] = [Math.min(5, tokens + (truth - since) / 200), truth];
      if (tokens < 1) return { status: 429, headers: { "retry-after": "1" } };
      tokens -= 1;
      return {};
    };
    t.mock.method(Math, "random", () => 0.5);
    const { clock, client, asked } = machine(t, bucket, { deadlineMs: HOUR, maxRetries: 50 }, fires);
    await clock.run(Promise.all(Array.from({ length: 60 }, (_, n) => client.get(`${PATH}/${n}`))));
    const refusals = asked.filter(({ status }) => status === 429).length;
    assert.ok(refusals <= 20, `${refusals} refusals`);
    assert.equal(clock.timers.size, 0);
    Object.assign(figures, {
      [`seconds for sixty calls, timers ${name}`]: Math.round(clock.truth / 100) / 10,
      [`refusals of sixty calls, timers ${name}`]: refusals,
    });
  });
}

for (const wrong of [0, HOUR, -HOUR]) {
  test(`a clock on the wall that is ${wrong / HOUR} hours ahead`, async (t) => {
    const httpDate = (truth) => new Date(Date.UTC(2026, 8, 21, 14, 13, 20) + truth).toUTCString();
    const advice = { ahead: undefined };
    const answer = ({ truth }) => ({
      status: 503,
      headers: { "retry-after": httpDate(truth + advice.ahead), ...(advice.isDated && { date: httpDate(truth) }) },
    });
    const { clock, client, asked } = machine(t, answer, { maxRetries: 1, backoff: { baseMs: 1, maxMs: 1 } });
    clock.setWall(wrong);
    // With the server's Date beside it, an instant is so far away, and is named on the machine's own clock.
    Object.assign(advice, { ahead: 90 * SECOND, isDated: true });
    const error = await clock.run(rejection(client.get(PATH)));
    assert.deepEqual(
      [error.stoppedBy, error.retryAfterMs, error.retryAt.getTime() - Math.floor(clock.wall)],
      ["retry_after", 90 * SECOND, 90 * SECOND],
    );
    // Without, it is read on that clock, which then decides: an instant in its past is none, and a far one is too far.
    Object.assign(advice, { ahead: 10 * SECOND, isDated: false });
    const from = asked.length;
    const other = await clock.run(rejection(client.get(PATH)));
    const [first, second] = asked.slice(from).map(({ truth }) => truth);
    if (wrong === 0) assert.ok(second - first >= 9 * SECOND && other.stoppedBy === "attempts", `${second - first} ms`);
    else if (wrong > 0) assert.deepEqual([other.stoppedBy, second - first < SECOND], ["attempts", true]);
    else assert.deepEqual([other.stoppedBy, second], ["retry_after", undefined]);
  });
}

// Behind those with a made-up clock, which must not be there when Node's own fetch sets its timers.
/** It answers after a while, in a thread of its own. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer((request, response) => setTimeout(() => response.end("{}"), request.url.endsWith("/slow") ? 50 : 0));
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

test("an answer that came while the program was busy is no timeout", async (t) => {
  const server = new Worker(SERVER, { eval: true });
  t.after(() => server.terminate());
  const [port] = await once(server, "message");
  for (const [, copy] of COPIES) {
    const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 });
    await client.get("/fast");
    for (let times = 0; times < 5; times += 1) {
      const call = client.get("/slow", { timeoutMs: 200 });
      // Until the request has surely left.
      for (let turns = 0; turns < 20; turns += 1) await turn();
      for (const end = performance.now() + 400; performance.now() < end; );
      assert.deepEqual(await call, {});
    }
  }
});
