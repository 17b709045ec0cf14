// Clocks that jump, late timers, sleeping machines: every wait ends, never early and never twice.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { writeFigures } from "../helpers/metrics.mjs";
import { esm } from "../helpers/setup.mjs";
import { DAY, HOUR, MINUTE, randomWeather, SECOND, WEATHERS } from "../helpers/clock-faults.mjs";

const { isOpenProspectError, OpenProspect } = esm;
/** The number of random situations, in addition. */
const SEEDS = Number(process.env.OPENPROSPECT_TIME_SEEDS ?? 300);
/** The default `deadlineMs` of a call. */
const DEADLINE_MS = 2 * MINUTE;

/**
 * @typedef {import("../helpers/fake-clock.mjs").Answer} Answer
 * @typedef {(request: { method: string }, n: number) => Answer} Handler
 */

/**
 * What a client waits for: the responses of the server, and the calls. With `never` no call gets a response, with
 * `once` no request is sent twice.
 *
 * @typedef {object} Wait
 * @property {(clock: Clock) => Handler} answer
 * @property {(client: any) => Promise<unknown>[]} calls
 * @property {Record<string, unknown>} [options] of the client
 * @property {number} [deadlineMs]
 * @property {boolean} [never]
 * @property {boolean} [once]
 */

/** @param {number} seconds */
const rateLimited = (seconds) => ({ status: 429, headers: { "retry-after": String(seconds) } });
/** @param {number} ms */
const httpDate = (ms) => new Date(Date.UTC(2026, 0, 1) + ms).toUTCString();
/**
 * One answer after the other, and the last one for all further requests.
 *
 * @param {Answer[]} answers
 * @returns {Handler}
 */
const inOrder =
  (...answers) =>
  (_request, n) =>
    answers[Math.min(n, answers.length - 1)];
/**
 * @param {any} client
 * @param {string} path
 * @param {object} [options]
 */
const get = (client, path, options) => client.get(`/api/v1/${path}`, options);
/** @type {<T>(count: number, make: (path: string) => T) => T[]} */
const many = (count, make) => Array.from({ length: count }, (_, n) => make(`c${n}`));

/** @type {Record<string, Wait>} */
const WAITS = {
  "a Retry-After on a 429, and the calls queued behind it": {
    answer: () => inOrder(rateLimited(50), {}),
    calls: (client) => ["a", "b", "c"].map((path) => get(client, path)),
  },
  "a Retry-After date": {
    answer: ({ realTime }) =>
      inOrder(
        { status: 503, headers: { date: httpDate(realTime), "retry-after": httpDate(realTime + 40 * SECOND) } },
        {},
      ),
    calls: (client) => [get(client, "a")],
  },
  "a backoff": {
    answer: () => inOrder({ status: 503 }, { status: 502 }, {}),
    calls: (client) => [get(client, "a")],
    options: { backoff: { baseMs: 20 * SECOND, maxMs: MINUTE } },
  },
  "a response that takes 20 s": {
    answer: () => () => ({ afterMs: 20 * SECOND }),
    calls: (client) => [get(client, "a")],
    once: true,
  },
  "headers that stall": {
    answer: () => inOrder({ stall: "headers" }, { stall: "headers" }, {}),
    calls: (client) => [get(client, "a")],
  },
  "a body that stalls": { answer: () => inOrder({ stall: "body" }, {}), calls: (client) => [get(client, "a")] },
  "a server that never responds": {
    answer: () => () => ({ stall: "headers" }),
    calls: (client) => [get(client, "a"), get(client, "b")],
    never: true,
  },
  "a key provider that never resolves": {
    answer: () => () => ({}),
    calls: (client) => [get(client, "a")],
    options: { apiKey: () => new Promise(() => {}) },
    never: true,
  },
  "thirty calls to a server that allows one per 200 ms": {
    answer: (clock) => {
      let nextAllowed = -Infinity;
      return () => {
        if (clock.realTime < nextAllowed) return rateLimited(2);
        nextAllowed = clock.realTime + 200;
        return {};
      };
    },
    calls: (client) => many(30, (path) => get(client, path, { maxRetries: 20 })),
  },
  "twenty calls to a server that is down for half a minute": {
    answer: (clock) => () => (clock.realTime < 30 * SECOND ? { status: 503 } : {}),
    calls: (client) => many(20, (path) => get(client, path, { maxRetries: 40 })),
  },
  "an order that completes after half an hour": {
    answer: (clock) => () => ({ body: { id: "o", status: clock.realTime < HOUR / 2 ? "IN_PROGRESS" : "COMPLETED" } }),
    calls: (client) => [client.orders.wait("o", { deadlineMs: HOUR })],
    deadlineMs: HOUR,
  },
  "a retry after a conflict": {
    answer: () => {
      let changes = 0;
      return ({ method }) =>
        method === "PUT" && (changes += 1) === 1 ? { status: 409, body: { code: "CONFLICT", message: "m" } } : {};
    },
    calls: (client) => [
      client.retryOnConflict(
        () => get(client, "a"),
        () => client.put("/api/v1/b"),
      ),
    ],
    // Each of its four requests has a deadline of its own.
    deadlineMs: 4 * DEADLINE_MS + 4 * DAY,
  },
};

/**
 * Runs one situation, and checks what must hold in all of them. `Math.random` is `random`, so that it is reproducible.
 *
 * @param {import("node:test").TestContext} t
 * @param {Wait} wait
 * @param {typeof WEATHERS[number]} weather
 */
async function play(t, wait, weather, random = randomFrom(0)) {
  const { random: original } = Math;
  t.after(() => {
    Math.random = original;
  });
  Math.random = random;
  const clock = new Clock(weather.fires).install(t);
  const server = createServer(clock, wait.answer(clock));
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    ...wait.options,
  });
  for (const { when, act } of weather.faults) clock.schedule(when, () => act({ clock, server }));
  const ends = await clock.run(
    Promise.all(
      wait.calls(client).map(async (call) => {
        const error = await call.then(
          () => undefined,
          (error) => error,
        );
        return { error, elapsed: clock.elapsed };
      }),
    ),
  );
  assert.equal(clock.timers.size, 0, "a timer is left");
  assertNotEarly(server.requests);
  const deadlineMs = wait.deadlineMs ?? DEADLINE_MS;
  // A clock that is reset loses what it counted since it was last read, even a sleep.
  const maxMs = (1 + weather.repeats) * deadlineMs + (weather.repeats && weather.lateMs);
  for (const { path, elapsed } of server.requests) assert.ok(elapsed < maxMs, `${path} sent after ${elapsed} ms`);
  for (const { error, elapsed } of ends) {
    assert.ok(elapsed <= maxMs + 2 * weather.lateMs + SECOND, `the call ended after ${elapsed} ms`);
    if (wait.never)
      assert.ok(
        isOpenProspectError(error, "timeout") || (weather.cuts && isOpenProspectError(error, "connection")),
        String(error),
      );
    else if (error !== undefined) {
      // Without these a call may not fail: the only reasons are its deadline and a lost connection.
      assert.ok(isOpenProspectError(error) && (weather.ends || weather.cuts), `the call failed: ${error}`);
      // The connection of the last attempt was lost.
      if (weather.cuts && error.kind === "connection" && error.stoppedBy === "attempts") continue;
      assert.ok(elapsed >= deadlineMs || error.stoppedBy === "deadline", `after ${elapsed} ms: ${error}`);
    }
  }
  if (wait.once && !weather.cuts) assert.equal(server.requests.length, 1, "a response in time counted as a timeout");
}

/**
 * No request is earlier than Retry-After allows, by the real time: no request at all after a 429, else no retry.
 *
 * @param {import("../helpers/fake-clock.mjs").RecordedRequest[]} requests
 */
function assertNotEarly(requests) {
  for (const { status, headers, response, path } of requests) {
    const retryAfter = headers?.["retry-after"];
    if (retryAfter === undefined || response === undefined) continue;
    const ms = headers?.date ? Date.parse(retryAfter) - Date.parse(headers.date) : Number(retryAfter) * SECOND;
    const early = requests
      .slice(response.nextIndex)
      .find((later) => (status === 429 || later.path === path) && later.realTime < response.realTime + ms);
    assert.equal(early, undefined, `Retry-After was ${ms} ms at ${response.realTime}`);
  }
}

/**
 * A generator of numbers in [0, 1).
 *
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 33n) / 2 ** 31;
  };
}

const metrics = { situations: 0, survived: 0, "situations at random": 0, "survived at random": 0 };
after(() =>
  writeFigures("time", { ...metrics, "kinds of wait": Object.keys(WAITS).length, "kinds of weather": WEATHERS.length }),
);

for (const [name, wait] of Object.entries(WAITS)) {
  describe(name, () => {
    for (const weather of WEATHERS) {
      test(weather.name, async (t) => {
        metrics.situations += 1;
        await play(t, wait, weather);
        metrics.survived += 1;
      });
    }
  });
}

test(`${SEEDS} random situations`, async (t) => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomFrom(seed);
    const [name, wait] = Object.entries(WAITS)[Math.floor(random() * Object.keys(WAITS).length)];
    const weather = randomWeather(random);
    metrics["situations at random"] += 1;
    await t.test(`${seed}: ${name}; ${weather.name}`, async (t) => {
      await play(t, wait, weather, random);
      metrics["survived at random"] += 1;
    });
  }
});
