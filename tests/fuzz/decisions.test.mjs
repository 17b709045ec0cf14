// The package decides as the core does: for each input of the corpus and for others made of them.
//
// FUZZ_DECISIONS names the file that `decide` wrote; `cargo xtask test --only fuzz` makes both.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { writeFigures } from "../npm/figures.mjs";
import { COPIES } from "../npm/help.mjs";
import { makeClock } from "./clock.mjs";
import { decide, difference } from "./decisions.mjs";

const file = process.env.FUZZ_DECISIONS;
if (file === undefined) throw new Error("FUZZ_DECISIONS names no file; type: cargo xtask test --only fuzz");
const { begin, trip, cases } = JSON.parse(await readFile(file, "utf8"));
/** Bodies at once, and in pieces. */
const SIZES = [0, 3];

test("the package decides as the core does", async () => {
  const clock = makeClock(begin);
  const found = [];
  const compared = {};
  let unplayed = 0;
  try {
    for (const [index, { target, from, script, expect }] of cases.entries()) {
      // It would take too many looks at the clock.
      if (expect === null) {
        unplayed += 1;
        continue;
      }
      const [how, copy] = COPIES[index % COPIES.length];
      for (const size of target === "error_body" ? SIZES : [SIZES[index % 2]]) {
        const own = await decide(copy, script, clock, { trip, size });
        const differs = difference(expect, own);
        if (differs !== undefined) found.push(`${target} ${from} (${how}, ${size}): ${differs}\n  ${JSON.stringify(script)}`);
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
