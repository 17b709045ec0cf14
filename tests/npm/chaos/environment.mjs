// The test of one environment: every fault ends in time with the expected outcome, or with a known deviation of the
// platform.

import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { serveChaos } from "./control.mjs";
import { deviations } from "./differences.mjs";
import { ROWS } from "./rows.mjs";

const ALL = { untrusted: true, trusted: true, rest: true };

/**
 * Declares the test of an environment. `start(address, t, options)` runs the faults there. An environment that can only
 * trust every certificate or none is started once for each of `selections`.
 *
 * @param {string} name
 * @param {(
 *   address: string, t: import("node:test").TestContext,
 *   options: { authority: string, pin: string, selection: import("./rows.mjs").Selection },
 * ) => Promise<unknown>} start
 * @param {import("./rows.mjs").Selection[]} selections
 */
export function environment(name, start, selections = [ALL]) {
  test(`${name}: ${ROWS.length} faults`, async (t) => {
    const startedAt = Date.now();
    const { run, authority, pin } = await serveChaos(t);
    const results = [];
    for (const selection of selections)
      results.push(...(await run(selection, async (address) => start(address, t, { authority, pin, selection }))));
    for (const result of results) judge(result, name);
    const slowest = [...results].sort((one, other) => other.ms - one.ms).slice(0, 6);
    t.diagnostic(`the slowest: ${slowest.map(({ name, ms }) => `${name} ${ms} ms`).join(", ")}`);
    const better = results
      .filter(({ name: fault, outcome, expected }) => outcome === expected && deviations(fault, name).length > 0)
      .map(({ name }) => name);
    if (better.length > 0) t.diagnostic(`as expected, despite differences.mjs: ${better.join("; ")}`);
    const survived = results.filter(({ problems }) => problems.length === 0).length;
    const ms = Date.now() - startedAt;
    t.diagnostic(`${name}: ${survived} of ${results.length} faults, ${ms} ms`);
    count(name, { faults: results.length, survived, seconds: Math.round(ms / 100) / 10 });
    assert.deepEqual(
      results.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
      [],
    );
    assert.deepEqual(results.map(({ name }) => name).sort(), ROWS.map(({ name }) => name).sort());
  });
}

/** Adds a problem if the outcome is neither the expected one nor a known deviation. */
function judge({ name: fault, outcome, messages, expected, problems }, environmentName) {
  const known = deviations(fault, environmentName).map((deviation) => deviation.outcome);
  const accepted = [expected, ...known].flatMap((outcomes) => outcomes.split(" or "));
  if (!accepted.includes(outcome))
    problems.push(`${outcome}, expected ${accepted.join(" or ")}${messages.map((text) => `; ${text}`).join("")}`);
}

/** @type {Record<string, { faults: number, survived: number, seconds: number }>} */
const places = {};

/** Adds an environment to the metrics of this test file. */
function count(name, metrics) {
  places[name] = metrics;
  const sum = (field) => Object.values(places).reduce((total, one) => total + one[field], 0);
  writeFigures("chaos", { faultsTried: sum("faults"), faultsSurvived: sum("survived"), places });
}
