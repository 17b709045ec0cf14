// The package decides as the core does: for each input of the corpus and for mutations of them.
//
// FUZZ_DECISIONS is the file that `decide` wrote; `cargo xtask test --only fuzz` runs both.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { writeFigures } from "../npm/helpers/metrics.mjs";
import { makeClock } from "./clock.mjs";
import { newCopies } from "./copies.mjs";
import { decide, difference } from "./decisions.mjs";

const file = process.env.FUZZ_DECISIONS;
if (file === undefined) throw new Error("FUZZ_DECISIONS is not set; run: cargo xtask test --only fuzz");
const { begin, trip, cases } = JSON.parse(await readFile(file, "utf8"));
/** Up to this time sums are exact to a fraction of a microsecond. */
const MAX_MS = 1e7;
/** Chunk sizes of bodies; 0 is one chunk. */
const SIZES = [0, 3];

test("the package decides as the core does", async () => {
  const clock = makeClock(begin);
  /** @type {string[]} */
  const found = [];
  /** @type {Record<string, number>} */
  const compared = {};
  let skipped = 0;
  let copies = await newCopies();
  let elapsed = 0;
  try {
    for (const [index, { target, from, script, expect }] of cases.entries()) {
      // The core skipped a script with too many clock readings.
      if (expect === null) {
        skipped += 1;
        continue;
      }
      // Each case sets the clock back by the time of all earlier ones, and sums of large numbers are rounded.
      if (elapsed > MAX_MS) {
        copies = await newCopies();
        elapsed = 0;
      }
      const [how, copy] = copies[index % copies.length];
      for (const size of target === "error_body" ? SIZES : [SIZES[index % 2]]) {
        const own = await decide(copy, script, clock, { trip, size });
        const differs = difference(expect, own);
        elapsed += clock.elapsed;
        if (differs !== undefined)
          found.push(`${target} ${from} (${how}, ${size}): ${differs}\n  ${JSON.stringify(script)}`);
        compared[target] = (compared[target] ?? 0) + 1;
      }
    }
  } finally {
    clock.restore();
  }
  writeFigures("decisions", { compared, unplayed: skipped, differences: found.length });
  assert.deepEqual(found.slice(0, 10), [], `${found.length} differ`);
  assert.ok(Object.keys(compared).length === 5 && skipped < cases.length / 50, JSON.stringify({ compared, skipped }));
});
