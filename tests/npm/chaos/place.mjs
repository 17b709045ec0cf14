// One place: every fault is met there, ends as it has to or as the place is known to, in time, and leaves the client as it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { serveChaos } from "./control.mjs";
import { otherwise } from "./differences.mjs";
import { ROWS } from "./rows.mjs";

const EVERYTHING = { strangers: true, trusted: true, rest: true };

/**
 * Declares the test of a place. `start(address, t, certificates)` brings the run to go on there. A place that can only trust
 * everybody or nobody is started once for each of `runs`.
 */
export function place(name, start, runs = [EVERYTHING]) {
  test(`${name}: ${ROWS.length} faults`, async (t) => {
    const began = Date.now();
    const { run, authority, pin } = await serveChaos(t);
    const results = [];
    for (const parts of runs)
      results.push(...(await run(parts, async (address) => start(address, t, { authority, pin, parts }))));
    for (const result of results) judge(result, name);
    const slowest = [...results].sort((one, other) => other.ms - one.ms).slice(0, 6);
    t.diagnostic(`the slowest: ${slowest.map(({ name, ms }) => `${name} ${ms} ms`).join(", ")}`);
    const better = results
      .filter(({ name: fault, got, expected }) => got === expected && otherwise(fault, name).length > 0)
      .map(({ name }) => name);
    if (better.length > 0) t.diagnostic(`right, though differences.mjs has it otherwise: ${better.join("; ")}`);
    const survived = results.filter(({ problems }) => problems.length === 0).length;
    const ms = Date.now() - began;
    t.diagnostic(`${name}: ${survived} of ${results.length} faults, ${ms} ms`);
    count(name, { faults: results.length, survived, seconds: Math.round(ms / 100) / 10 });
    assert.deepEqual(
      results.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
      [],
    );
    assert.deepEqual(results.map(({ name }) => name).sort(), ROWS.map(({ name }) => name).sort());
  });
}

/** What came of a fault is what has to, or what the place is known to make of it. */
function judge({ name: fault, got, said, expected, problems }, place) {
  const allowed = [expected, ...otherwise(fault, place).map(({ outcome }) => outcome)].flatMap((words) =>
    words.split(" or "),
  );
  if (!allowed.includes(got))
    problems.push(`${got}, not ${allowed.join(" or ")}${said.map((text) => `; ${text}`).join("")}`);
}

const places = {};

/** Adds the place to the figures of the part. */
function count(name, figures) {
  places[name] = figures;
  const sum = (what) => Object.values(places).reduce((total, one) => total + one[what], 0);
  writeFigures("chaos", { faultsTried: sum("faults"), faultsSurvived: sum("survived"), places });
}
