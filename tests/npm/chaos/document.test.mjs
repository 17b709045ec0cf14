// tests/CHAOS.md is what the tests expect, and every difference is one of a fault and of a place that there are.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { DIFFERENCES } from "./differences.mjs";
import { documentOf, FILE, PLACES } from "./document.mjs";
import { ROWS } from "./rows.mjs";

test("the table is current: node tests/npm/chaos/document.mjs", async () => {
  assert.equal(await readFile(FILE, "utf8"), documentOf());
});

test("each fault has a name of its own, and each difference is of one of them", () => {
  const names = ROWS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const [fault, places, outcome] of DIFFERENCES) {
    const row = ROWS.find(({ name }) => name === fault);
    assert.ok(row && row.expected !== outcome, fault);
    for (const place of places) assert.ok(PLACES.includes(place), place);
  }
});
