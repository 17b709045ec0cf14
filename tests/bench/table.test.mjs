import assert from "node:assert/strict";
import test from "node:test";
import { number, spread, table } from "./table.mjs";

test("a table escapes Markdown in its cells", () => {
  assert.equal(
    table(
      ["a", "b"],
      [
        [1, "x|y"],
        ["two\nlines", ""],
      ],
    ),
    ["| a | b |", "| --- | --- |", "| 1 | x\\|y |", "| two lines |  |"].join("\n"),
  );
});

test("a missing number is a dash", () => {
  assert.equal(number(null), "–");
  assert.equal(number(undefined), "–");
  assert.equal(number(NaN), "–");
  assert.equal(number(0, 0), "0");
});

test("a spread with equal ends is omitted", () => {
  assert.equal(spread({ median: 1.04, min: 1.02, max: 1.071 }, { unit: " ×" }), "1.04 × (1.02–1.07)");
  assert.equal(spread({ median: 1.041, min: 1.042, max: 1.039 }), "1.04");
  assert.equal(spread({ median: 80, min: 79, max: 80 }, { digits: 0 }), "80 (79–80)");
});
