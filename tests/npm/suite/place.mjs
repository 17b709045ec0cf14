// One place: the suite is run there, and every check has to pass.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECKS } from "./checks.mjs";
import { serveSuite } from "./server.mjs";

const NAMES = Object.keys(CHECKS);

/**
 * Declares the test of a place. `start(address, t)` brings the suite to run there and report to the address; what it
 * returns or rejects with is waited for too, so that a place that fails to start tells why.
 */
export function place(name, nature, start) {
  test(`${name}: ${NAMES.length} checks`, async (t) => {
    const { address, reported, close } = await serveSuite(nature);
    t.after(close);
    const started = Promise.resolve(start(address, t));
    // Whoever fails first tells why; a place may live on after its report.
    const results = await Promise.race([reported, started.then(() => reported)]);
    await started;
    assertPassed(results);
  });
}

/** Each check was run, and none has a problem. */
export function assertPassed(results) {
  const problems = results.filter(({ problem }) => problem).map(({ name, problem }) => `${name}: ${problem}`);
  assert.deepEqual(problems, []);
  assert.deepEqual(results.map(({ name }) => name), NAMES);
}
