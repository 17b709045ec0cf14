// The document of metrics is not written if a part is missing or has a failure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf } from "../../hardening/document.mjs";

const SOAK = {
  seconds: 600,
  calls: 1234,
  answered: 1200,
  failed: { timeout: 30, aborted: 4 },
  lost: 0,
  requests_at_server: 1300,
  unkeyed: 100,
  unkeyed_applied_twice: 0,
  unkeyed_applied_twice_by_browser: 2,
  keyed: 90,
  keyed_not_exactly_once: 0,
  heap_at_quarters: [9.7e6, 9.8e6],
  objects_at_quarters: [15_199, 15_180],
  wasm_pages_first: 100,
  wasm_pages_last: 100,
  timers_left: 0,
  listeners_left: 0,
};
/** @type {Record<string, object>} */
const METRICS = {
  chaos: { faultsTried: 20, faultsSurvived: 20, places: { Node: { faults: 20, survived: 20, seconds: 3 } } },
  "soak-node": SOAK,
  "soak-chromium": { ...SOAK, calls: 1000 },
  fuzz: { secondsEach: 8, crashes: 0, targets: { url: { executions: 5000, corpus: 3 } } },
  decisions: { compared: { url: 7, call: 8 }, differences: 0 },
  options: { inputs: 9, failures: 0 },
  ...Object.fromEntries(
    ["npm", "runtimes", "browsers", "page", "extension", "bundlers", "soak"].map((suite) => [
      `canary-${suite}`,
      { cases: 2, values: 3, texts: 4, finds: 0 },
    ]),
  ),
  "traps-import": { traps: 5, crossings: 5 },
  "traps-require": { traps: 6, crossings: 7 },
  time: { situations: 2, survived: 2, "situations at random": 3, "survived at random": 3 },
  "time-late": { "seconds for sixty calls": 12.2 },
  "time-hidden": { "ms of a timeout": 2750 },
  again: { builds: 2, files: 23, different: 0 },
  supply: { crates: 1, packages: 2, checked: ["a"], notReached: ["advisories about Cargo.toml"] },
};
/**
 * @param {string} name
 * @param {object} own
 */
const changed = (name, own) => ({ ...METRICS, [name]: { ...METRICS[name], ...own } });

test("each part has a row", () => {
  const text = documentOf(METRICS, "here");
  for (const row of [
    "20 in 1 places",
    "1,234 in node, 1,000 in chromium",
    "5,000 executions",
    "| 15 | 0 differ",
    "28 texts after 14 cases",
    "11 at 12 crossings",
    "| … that failed or were stopped, as meant | 34 | 34 |",
    "9.70, 9.80",
    "| handles left | not counted | not counted |",
    "5 situations",
    "of 23 files",
  ]) {
    assert.ok(text.includes(row), `${row}\n${text}`);
  }
});

test("the error names a missing part", () => {
  for (const name of Object.keys(METRICS)) {
    const { [name]: _, ...rest } = METRICS;
    assert.throws(
      () => documentOf(rest, "here"),
      new RegExp(name.startsWith("time-") ? "time-" : `no ${name}\\.json`),
      name,
    );
  }
});

test("a part with a failure is an error", () => {
  /** @type {[name: string, own: object][]} */
  const failures = [
    ["chaos", { faultsSurvived: 19 }],
    ["soak-node", { lost: 1 }],
    ["soak-node", { unkeyed_applied_twice: 1 }],
    ["soak-chromium", { keyed_not_exactly_once: 1 }],
    ["soak-chromium", { lost: undefined }],
    ["fuzz", { crashes: 1 }],
    ["decisions", { differences: 5 }],
    ["options", { failures: 1 }],
    ["canary-page", { finds: 1 }],
    ["canary-browsers", { texts: 0 }],
    ["time", { survived: 1 }],
    ["again", { different: 1 }],
    ["traps-import", { traps: undefined }],
  ];
  for (const [name, own] of failures)
    assert.throws(() => documentOf(changed(name, own), "here"), /must be|no number/, name);
});
