import assert from "node:assert/strict";
import test from "node:test";
import { createCollection } from "./collect.mjs";
import { goalRows } from "./goals.mjs";
import { plan } from "./plan.mjs";
import { duration, timeLeft } from "./progress.mjs";
import { CLIENTS } from "./clients/index.mjs";
import { SCENARIOS } from "./scenarios/index.mjs";
import { mismatch } from "./trial.mjs";

/** @type {import("./scenarios/index.mjs").Scenario} */
const SCENARIO = {
  name: "storm",
  title: "storm",
  how: () => "",
  rounds: 1,
  sizes: { full: { limitMs: 1 }, quick: { limitMs: 1 } },
  settings: {},
  server: () => ({ kind: "small" }),
  measure: async () => ({}),
  metricsOf: (result) => result,
  metrics: [
    { key: "failures", title: "failures", goal: 0 },
    { key: "requests", title: "requests", goal: 1.1 },
  ],
};

function collected(entries) {
  const collection = createCollection();
  for (const [name, ...rounds] of entries) for (const metrics of rounds) collection.add("storm", name, { metrics });
  return collection;
}

test("a metric is the median of the rounds, and null if a round has none", () => {
  const collection = collected([["ky", { failures: 0, requests: 3 }, { failures: 2, requests: null }]]);
  assert.deepEqual(collection.of("storm", "ky", "failures"), { median: 1, min: 0, max: 2, count: 2 });
  assert.equal(collection.of("storm", "ky", "requests"), null);
  assert.equal(collection.of("storm", "got", "requests"), null);
});

test("the best other client is one that retries and whose calls all succeeded", () => {
  const rows = goalRows(
    [SCENARIO],
    collected([
      ["openprospect", { failures: 0, requests: 1.1 }],
      ["fetch", { failures: 0, requests: 1 }],
      ["ky", { failures: 3, requests: 2 }],
      ["got", { failures: 0, requests: 5 }],
      ["openai", { failures: 0, requests: 4 }],
    ]),
    "full",
  );
  assert.deepEqual(
    rows.map(({ best }) => best?.name),
    ["got", "openai"],
  );
  assert.deepEqual(
    rows.map(({ reached }) => reached),
    [true, true],
  );
});

test("a goal is missed by a median above it, and not judged without a value or in a smaller scenario", () => {
  const reached = (scenario, entries, scale) =>
    goalRows([scenario], collected(entries), scale).map((row) => row.reached);
  const missed = [["openprospect", { failures: 1, requests: 1.11 }]];
  assert.deepEqual(reached(SCENARIO, missed, "full"), [false, false]);
  assert.deepEqual(reached(SCENARIO, missed, "quick"), [false, false]);
  assert.deepEqual(reached({ ...SCENARIO, scaled: true }, missed, "quick"), [null, null]);
  assert.deepEqual(reached(SCENARIO, [["ky", { failures: 0, requests: 2 }]], "full"), [null, null]);
});

test("a client with a failed measurement reaches no goal and is not the best", () => {
  const collection = collected([
    ["openprospect", { failures: 0, requests: 1 }],
    ["ky", { failures: 0, requests: 2 }],
  ]);
  collection.fail("storm", "openprospect", "the counts differ");
  collection.fail("storm", "ky", "no answer");
  const rows = goalRows([SCENARIO], collection, "full");
  assert.deepEqual(
    rows.map(({ best, reached }) => [best, reached]),
    [
      [null, null],
      [null, null],
    ],
  );
});

test("a run is planned round by round, each with a different first client", () => {
  const groups = plan({
    scenarios: SCENARIOS,
    clients: CLIENTS,
    scale: "full",
    only: ["dead", "heap"],
    names: ["ky", "got"],
  });
  assert.deepEqual(
    groups.map(({ scenario, round }) => [scenario.name, round]),
    [
      ["dead", 0],
      ["heap", 0],
      ["dead", 1],
      ["heap", 1],
      ["dead", 2],
    ],
  );
  assert.deepEqual(
    groups.map(({ trials }) => trials[0].name),
    ["ky", "ky", "got", "got", "ky"],
  );
});

test("every scenario has sizes for full and quick runs, and each metric has a title", () => {
  for (const { name, sizes, metrics, how } of SCENARIOS) {
    for (const size of [sizes.full, sizes.quick]) {
      assert.ok(size.limitMs > 0, name);
      assert.equal(typeof how(size), "string");
    }
    assert.ok(
      metrics.every(({ title }) => title.length > 0),
      name,
    );
  }
});

test("differing counts of client and server are reported", () => {
  const counts = { requests: 5, successes: 2 };
  assert.equal(mismatch({ requests: 5, ok: 2, unfinished: 0 }, counts), null);
  assert.equal(mismatch({ requests: 5 }, counts), null);
  assert.match(mismatch({ requests: 4, ok: 2 }, counts) ?? "", /requests: 4 at the client, 5 at the server/);
  assert.match(mismatch({ requests: 5, ok: 1 }, counts) ?? "", /successes: 1 at the client, 2 at the server/);
  assert.equal(mismatch({ requests: 4, ok: 2, unfinished: 1 }, counts), null);
});

test("the time left is estimated from past trials of the same scenario", () => {
  const [slow, fast] = [{ waits: true }, {}];
  const lanesOf = ({ waits }) => (waits ? 2 : 1);
  assert.equal(timeLeft([], [{ scenario: slow }], lanesOf), null);
  const done = [
    { scenario: slow, ms: 1000 },
    { scenario: slow, ms: 3000 },
    { scenario: fast, ms: 100 },
  ];
  assert.equal(timeLeft(done, [{ scenario: slow }, { scenario: slow }, { scenario: fast }], lanesOf), 2100);
  assert.deepEqual([null, 4400, 89_000, 150_000].map(duration), ["unknown", "4 s", "89 s", "3 min"]);
});
