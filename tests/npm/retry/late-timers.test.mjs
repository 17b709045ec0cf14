// Late timers, because the event loop is busy or the tab is in the background, and wrong wall clocks.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { Clock, createServer, TIMERS } from "../helpers/fake-clock.mjs";
import { writeFigures } from "../helpers/metrics.mjs";
import { COPIES, esm, rejection, turn } from "../helpers/setup.mjs";
import { HOUR, MINUTE, SECOND } from "../helpers/clock-faults.mjs";

const PATH = "/api/v1/orders";
/** @type {Record<string, number>} */
const metrics = {};
after(() => writeFigures("time-late", metrics));

/**
 * A client and its server on a fake machine.
 *
 * @param {import("node:test").TestContext} t
 * @param {(clock: Clock, n: number) => import("../helpers/fake-clock.mjs").Answer} answer
 * @param {object} [options] of the client
 * @param {import("../helpers/fake-clock.mjs").FiresAt} [fires]
 */
function machine(t, answer, options, fires) {
  const clock = new Clock(fires).install(t);
  const server = createServer(clock, (_request, n) => answer(clock, n));
  const client = new esm.OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    ...options,
  });
  return { clock, client, requests: server.requests };
}

test("a response after the timeout is returned only if it arrives before the late timer fires", async (t) => {
  /** @param {number} afterMs */
  const late = (afterMs) =>
    machine(t, () => ({ afterMs }), { timeoutMs: 30 * SECOND, maxRetries: 0 }, TIMERS.eachMinute);
  const { clock, client } = late(40 * SECOND);
  assert.deepEqual(await clock.run(client.get(PATH)), {});
  assert.equal(clock.timers.size, 0);
  const { clock: other, client: own } = late(3 * MINUTE);
  const error = await other.run(rejection(own.get(PATH)));
  assert.deepEqual([error.name, error.scope], ["TimeoutError", "attempt"]);
  assert.ok(other.realTime >= MINUTE && other.realTime <= 2 * MINUTE, `${other.realTime} ms`);
});

test("no request is sent if a pause ends after the deadline, and the error has the last status", async (t) => {
  const { clock, client, requests } = machine(t, () => ({ body: { id: "o", status: "IN_PROGRESS" } }));
  clock.schedule(2 * SECOND, () => clock.sleep(HOUR, { isRunning: true }));
  const error = await clock.run(rejection(client.orders.wait("o", { deadlineMs: MINUTE })));
  assert.deepEqual([error.name, error.scope, requests.length], ["TimeoutError", "deadline", 1]);
  assert.match(error.message, /still IN_PROGRESS after 60 s \(deadlineMs\)$/);
});

/** @type {[string, import("../helpers/fake-clock.mjs").FiresAt][]} */
const FIRES = [
  ["on time", TIMERS.exact],
  ["aligned to a second", TIMERS.eachSecond],
  ["aligned to a minute", TIMERS.eachMinute],
];
// The rate after a 429, of sixty calls to a server that allows a burst of five and five per second.
for (const [name, fires] of FIRES) {
  test(`sixty calls at a rate limit, timers ${name}`, async (t) => {
    let [tokens, since] = [5, 0];
    /** @param {Clock} clock */
    const bucket = ({ realTime }) => {
      [tokens, since] = [Math.min(5, tokens + (realTime - since) / 200), realTime];
      if (tokens < 1) return { status: 429, headers: { "retry-after": "1" } };
      tokens -= 1;
      return {};
    };
    t.mock.method(Math, "random", () => 0.5);
    const { clock, client, requests } = machine(t, bucket, { deadlineMs: HOUR, maxRetries: 50 }, fires);
    await clock.run(Promise.all(Array.from({ length: 60 }, (_, n) => client.get(`${PATH}/${n}`))));
    const rejections = requests.filter(({ status }) => status === 429).length;
    assert.ok(rejections <= 20, `${rejections} responses with 429`);
    assert.equal(clock.timers.size, 0);
    Object.assign(metrics, {
      [`seconds for sixty calls, timers ${name}`]: Math.round(clock.realTime / 100) / 10,
      [`refusals of sixty calls, timers ${name}`]: rejections,
    });
  });
}

for (const wrong of [0, HOUR, -HOUR]) {
  test(`a wall clock that is ${wrong / HOUR} hours ahead`, async (t) => {
    /** @param {number} realTime */
    const httpDate = (realTime) => new Date(Date.UTC(2026, 8, 21, 14, 13, 20) + realTime).toUTCString();
    const advice = { ahead: 0, isDated: false };
    /** @param {Clock} clock */
    const answer = ({ realTime }) => ({
      status: 503,
      headers: {
        "retry-after": httpDate(realTime + advice.ahead),
        ...(advice.isDated && { date: httpDate(realTime) }),
      },
    });
    const { clock, client, requests } = machine(t, answer, { maxRetries: 1, backoff: { baseMs: 1, maxMs: 1 } });
    clock.adjustWallClock(wrong);
    // With a Date header the wait is the difference, and `retryAt` is by the machine's wall clock.
    Object.assign(advice, { ahead: 90 * SECOND, isDated: true });
    const error = await clock.run(rejection(client.get(PATH)));
    assert.deepEqual(
      [error.stoppedBy, error.retryAfterMs, error.retryAt.getTime() - Math.floor(clock.wall)],
      ["retry_after", 90 * SECOND, 90 * SECOND],
    );
    // Without one, the wait is by that clock: a time in the past is ignored, and one too far ahead ends the call.
    Object.assign(advice, { ahead: 10 * SECOND, isDated: false });
    const from = requests.length;
    const other = await clock.run(rejection(client.get(PATH)));
    const [first, second] = requests.slice(from).map(({ realTime }) => realTime);
    if (wrong === 0) assert.ok(second - first >= 9 * SECOND && other.stoppedBy === "attempts", `${second - first} ms`);
    else if (wrong > 0) assert.deepEqual([other.stoppedBy, second - first < SECOND], ["attempts", true]);
    else assert.deepEqual([other.stoppedBy, second], ["retry_after", undefined]);
  });
}

// After the tests with a fake clock, which must not be installed when the fetch of Node sets its timers.
/** A server with a slow response, in a worker thread. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer((request, response) => {
  setTimeout(() => response.end("{}"), request.url.endsWith("/slow") ? 50 : 0);
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

test("a response that arrived while the event loop was busy is not a timeout", async (t) => {
  const server = new Worker(SERVER, { eval: true });
  t.after(() => server.terminate());
  const [port] = await once(server, "message");
  for (const [, copy] of COPIES) {
    const client = new copy.OpenProspect({ apiKey: "lnc_test_a", baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 });
    await client.get("/fast");
    for (let times = 0; times < 5; times += 1) {
      const call = client.get("/slow", { timeoutMs: 200 });
      // Until the request is certainly sent.
      for (let ticks = 0; ticks < 20; ticks += 1) await turn();
      for (const end = performance.now() + 400; performance.now() < end; );
      assert.deepEqual(await call, {});
    }
  }
});
