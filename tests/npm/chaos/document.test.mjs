// tests/CHAOS.md is up to date, and every difference belongs to an existing fault and environment.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { DIFFERENCES } from "./differences.mjs";
import { documentOf, ENVIRONMENTS, FILE } from "./document.mjs";
import { ROWS } from "./rows.mjs";

test("the document is up to date: node tests/npm/chaos/document.mjs", async () => {
  assert.equal(await readFile(FILE, "utf8"), documentOf());
});

test("each fault has a unique name, and each difference belongs to a fault", () => {
  const names = ROWS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const [fault, environments, outcome] of DIFFERENCES) {
    const row = ROWS.find(({ name }) => name === fault);
    assert.ok(row && row.expected !== outcome, fault);
    for (const environment of environments) assert.ok(ENVIRONMENTS.includes(environment), environment);
  }
});
