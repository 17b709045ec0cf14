// Runs the suite in one environment; every check must pass.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canary } from "../helpers/setup.mjs";
import { CHECKS } from "./checks.mjs";
import { SEQUENTIAL_CHECKS } from "./module-failures.mjs";
import { serveSuite } from "./server.mjs";

const NAMES = Object.keys({ ...CHECKS, ...SEQUENTIAL_CHECKS });

/**
 * Declares the test of an environment. `start(address, t)` runs the suite there, which reports to the address. The
 * lines of the console that it returns as `said` are printed with a failure.
 *
 * @param {string} name
 * @param {{ preflights?: boolean, page?: boolean }} features
 * @param {(address: string, t: import("node:test").TestContext) => unknown} start
 */
export function place(name, features, start) {
  test(`${name}: ${NAMES.length} checks`, async (t) => {
    const { address, reported, close } = await serveSuite(features);
    t.after(close);
    const started = Promise.resolve(start(address, t));
    // A failure to start rejects before the report times out; an environment may keep running after its report.
    const results = await Promise.race([reported, started.then(() => reported)]);
    const { said } = /** @type {{ said?: string[] }} */ ((await started) ?? {});
    const sum = (field) => results.reduce((total, result) => total + (result[field] ?? 0), 0);
    canary.count({ cases: results.length, values: sum("values"), texts: sum("texts"), finds: sum("finds") });
    assertPassed(results, said);
  });
}

/**
 * Every check ran, and none has a problem.
 *
 * @param {import("./run.mjs").Result[]} results
 * @param {string[]} said
 */
export function assertPassed(results, said = []) {
  const problems = results.filter(({ problem }) => problem).map(({ name, problem }) => `${name}: ${problem}`);
  if (problems.length > 0) problems.push(...said);
  assert.deepEqual(problems, []);
  for (const { name, texts = 0 } of results) assert.ok(texts > 0, `${name}: no text was searched for the key`);
  assert.deepEqual(
    results.map(({ name }) => name),
    NAMES,
  );
}
