// The package decides as the core does: for each input of the corpus and for others made of them.
//
// FUZZ_DECISIONS names the file that `decide` wrote; `cargo xtask test --only fuzz` makes both.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { writeFigures } from "../npm/helpers/metrics.mjs";
import { makeClock } from "./clock.mjs";
import { newCopies } from "./copies.mjs";
import { decide, difference } from "./decisions.mjs";

const file = process.env.FUZZ_DECISIONS;
if (file === undefined) throw new Error("FUZZ_DECISIONS names no file; type: cargo xtask test --only fuzz");
const { begin, trip, cases } = JSON.parse(await readFile(file, "utf8"));
/** A fraction of a microsecond is seen in this, and in the sums of it. */
const MOST_MS = 1e7;
/** Bodies at once, and in pieces. */
const SIZES = [0, 3];

test("the package decides as the core does", async () => {
  const clock = makeClock(begin);
  const found = [];
  const compared = {};
  let unplayed = 0;
  let copies = await newCopies();
  let played = 0;
  try {
    for (const [index, { target, from, script, expect }] of cases.entries()) {
      // It would take too many looks at the clock.
      if (expect === null) {
        unplayed += 1;
        continue;
      }
      // Each sets the clock back by all that the ones before took, and sums of large numbers are rounded.
      if (played > MOST_MS) {
        copies = await newCopies();
        played = 0;
      }
      const [how, copy] = copies[index % copies.length];
      for (const size of target === "error_body" ? SIZES : [SIZES[index % 2]]) {
        const own = await decide(copy, script, clock, { trip, size });
        const differs = difference(expect, own);
        played += clock.elapsed;
        if (differs !== undefined)
          found.push(`${target} ${from} (${how}, ${size}): ${differs}\n  ${JSON.stringify(script)}`);
        compared[target] = (compared[target] ?? 0) + 1;
      }
    }
  } finally {
    clock.restore();
  }
  writeFigures("decisions", { compared, unplayed, differences: found.length });
  assert.deepEqual(found.slice(0, 10), [], `${found.length} differ`);
  assert.ok(Object.keys(compared).length === 5 && unplayed < cases.length / 50, JSON.stringify({ compared, unplayed }));
});
