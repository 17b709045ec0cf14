// One place: the suite is run there, and every check has to pass.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canary } from "../helpers/setup.mjs";
import { ALONE } from "./broken.mjs";
import { CHECKS } from "./checks.mjs";
import { serveSuite } from "./server.mjs";

const NAMES = Object.keys({ ...CHECKS, ...ALONE });

/**
 * Declares the test of a place. `start(address, t)` brings the suite to run there and report to the address; it is waited
 * for too, so that a place that fails to start tells why. The lines that it gives as `said` are told with a failure.
 */
export function place(name, nature, start) {
  test(`${name}: ${NAMES.length} checks`, async (t) => {
    const { address, reported, close } = await serveSuite(nature);
    t.after(close);
    const started = Promise.resolve(start(address, t));
    // Whoever fails first tells why; a place may live on after its report.
    const results = await Promise.race([reported, started.then(() => reported)]);
    const { said } = (await started) ?? {};
    const sum = (field) => results.reduce((total, result) => total + (result[field] ?? 0), 0);
    canary.count({ cases: results.length, values: sum("values"), texts: sum("texts"), finds: sum("finds") });
    assertPassed(results, said);
  });
}

/** Each check was run, and none has a problem. */
export function assertPassed(results, said = []) {
  const problems = results.filter(({ problem }) => problem).map(({ name, problem }) => `${name}: ${problem}`);
  if (problems.length > 0) problems.push(...said);
  assert.deepEqual(problems, []);
  for (const { name, texts } of results) assert.ok(texts > 0, `${name}: nothing was searched for the key`);
  assert.deepEqual(
    results.map(({ name }) => name),
    NAMES,
  );
}
