// Clocks that jump, timers that are late, machines that sleep: whatever waits for whatever, it ends, never early and never twice.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { writeFigures } from "../helpers/metrics.mjs";
import { esm } from "../helpers/setup.mjs";
import { DAY, HOUR, MINUTE, randomWeather, SECOND, WEATHERS } from "../helpers/clock-faults.mjs";

const { isOpenProspectError, OpenProspect } = esm;
/** Situations at random, besides. */
const SEEDS = Number(process.env.OPENPROSPECT_TIME_SEEDS ?? 300);
/** Of a call where nothing else is said. */
const DEADLINE_MS = 2 * MINUTE;

const refused = (seconds) => ({ status: 429, headers: { "retry-after": String(seconds) } });
const httpDate = (ms) => new Date(Date.UTC(2026, 0, 1) + ms).toUTCString();
/** Answers in turn, and then the last one again. */
const inTurn =
  (...answers) =>
  (request, n) =>
    answers[Math.min(n, answers.length - 1)];
const get = (client, path, options) => client.get(`/api/v1/${path}`, options);
const many = (count, make) => Array.from({ length: count }, (_, n) => make(`c${n}`));

/** What waits: the server's answers, and the calls. `never` says that none is answered, `once` that none is sent twice. */
const WAITS = {
  "a wait that a 429 asks for, and those who queue behind it": {
    answer: () => inTurn(refused(50), {}),
    calls: (client) => ["a", "b", "c"].map((path) => get(client, path)),
  },
  "a wait until an instant": {
    answer: ({ truth }) =>
      inTurn({ status: 503, headers: { date: httpDate(truth), "retry-after": httpDate(truth + 40 * SECOND) } }, {}),
    calls: (client) => [get(client, "a")],
  },
  "a backoff": {
    answer: () => inTurn({ status: 503 }, { status: 502 }, {}),
    calls: (client) => [get(client, "a")],
    options: { backoff: { baseMs: 20 * SECOND, maxMs: MINUTE } },
  },
  "an answer that takes 20 s": {
    answer: () => () => ({ afterMs: 20 * SECOND }),
    calls: (client) => [get(client, "a")],
    once: true,
  },
  "headers that stall": {
    answer: () => inTurn({ stall: "headers" }, { stall: "headers" }, {}),
    calls: (client) => [get(client, "a")],
  },
  "a body that stalls": { answer: () => inTurn({ stall: "body" }, {}), calls: (client) => [get(client, "a")] },
  "a server that never answers": {
    answer: () => () => ({ stall: "headers" }),
    calls: (client) => [get(client, "a"), get(client, "b")],
    never: true,
  },
  "a key that nobody gives": {
    answer: () => () => ({}),
    calls: (client) => [get(client, "a")],
    options: { apiKey: () => new Promise(() => {}) },
    never: true,
  },
  "thirty calls at a server that takes one in 200 ms": {
    answer: (clock) => {
      let free = -Infinity;
      return () => {
        if (clock.truth < free) return refused(2);
        free = clock.truth + 200;
        return {};
      };
    },
    calls: (client) => many(30, (path) => get(client, path, { maxRetries: 20 })),
  },
  "twenty calls at a server that is down for half a minute": {
    answer: (clock) => () => (clock.truth < 30 * SECOND ? { status: 503 } : {}),
    calls: (client) => many(20, (path) => get(client, path, { maxRetries: 40 })),
  },
  "an order that is done in half an hour": {
    answer: (clock) => () => ({ body: { id: "o", status: clock.truth < HOUR / 2 ? "IN_PROGRESS" : "COMPLETED" } }),
    calls: (client) => [client.orders.wait("o", { deadlineMs: HOUR })],
    deadlineMs: HOUR,
  },
  "a round after a conflict": {
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
    // Each of its four calls has its own.
    deadlineMs: 4 * DEADLINE_MS + 4 * DAY,
  },
};

/** Plays one situation, and checks all that has to hold in any. The dice are `roll`, so that it is played the same again. */
async function play(t, wait, weather, roll = rolls(0)) {
  const { random } = Math;
  t.after(() => {
    Math.random = random;
  });
  Math.random = roll;
  const clock = new Clock(weather.fires).install(t);
  const server = createServer(clock, wait.answer(clock));
  const client = new OpenProspect({
    apiKey: "lnc_test_a",
    baseUrl: "https://x.test",
    fetch: server.fetch,
    ...wait.options,
  });
  for (const { when, act } of weather.acts) clock.inWorld(when, () => act({ clock, server }));
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
  assert.equal(clock.timers.size, 0, "a timer is left behind");
  assertPatient(server.asked);
  const deadlineMs = wait.deadlineMs ?? DEADLINE_MS;
  // A clock that goes back takes along what it counted since somebody last looked, a sleep too.
  const most = (1 + weather.repeats) * deadlineMs + (weather.repeats && weather.lateMs);
  for (const { path, elapsed } of server.asked) assert.ok(elapsed < most, `${path} sent after ${elapsed} ms`);
  for (const { error, elapsed } of ends) {
    assert.ok(elapsed <= most + 2 * weather.lateMs + SECOND, `it ended after ${elapsed} ms`);
    if (wait.never)
      assert.ok(
        isOpenProspectError(error, "timeout") || (weather.cuts && isOpenProspectError(error, "connection")),
        String(error),
      );
    else if (error !== undefined) {
      // A call whose time is up ends, and there is no other reason here.
      assert.ok(isOpenProspectError(error) && (weather.ends || weather.cuts), `it failed: ${error}`);
      // But that a connection died at the last attempt.
      if (weather.cuts && error.kind === "connection" && error.stoppedBy === "attempts") continue;
      assert.ok(elapsed >= deadlineMs || error.stoppedBy === "deadline", `after ${elapsed} ms: ${error}`);
    }
  }
  if (wait.once && !weather.cuts)
    assert.equal(server.asked.length, 1, "an answer that came in time was taken for late");
}

/** Nobody comes earlier than told, by the true time: after a 429 nobody at all, else not the one who was told. */
function assertPatient(asked) {
  for (const { status, headers, answered, path } of asked) {
    const told = headers["retry-after"];
    if (told === undefined || answered === undefined) continue;
    const ms = headers.date ? Date.parse(told) - Date.parse(headers.date) : Number(told) * SECOND;
    const isEarly = (later) => (status === 429 || later.path === path) && later.truth < answered.truth + ms;
    assert.equal(asked.slice(answered.after).find(isEarly), undefined, `told to wait ${ms} ms, at ${answered.truth}`);
  }
}

/** Numbers in [0, 1). */
function rolls(seed) {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 33n) / 2 ** 31;
  };
}

const figures = { situations: 0, survived: 0, "situations at random": 0, "survived at random": 0 };
after(() =>
  writeFigures("time", { ...figures, "kinds of wait": Object.keys(WAITS).length, "kinds of weather": WEATHERS.length }),
);

for (const [name, wait] of Object.entries(WAITS)) {
  describe(name, () => {
    for (const weather of WEATHERS) {
      test(weather.name, async (t) => {
        figures.situations += 1;
        await play(t, wait, weather);
        figures.survived += 1;
      });
    }
  });
}

test(`${SEEDS} situations at random`, async (t) => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const roll = rolls(seed);
    const [name, wait] = Object.entries(WAITS)[Math.floor(roll() * Object.keys(WAITS).length)];
    const weather = randomWeather(roll);
    figures["situations at random"] += 1;
    await t.test(`${seed}: ${name}; ${weather.name}`, async (t) => {
      await play(t, wait, weather, roll);
      figures["survived at random"] += 1;
    });
  }
});
