import assert from "node:assert/strict";
import test from "node:test";
import { median, rotated, slope, summary } from "./statistics.mjs";

test("the median is the middle, or the mean of the two middle ones", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 1, 2, 4]), 3);
  assert.throws(() => median([]), /no values/);
});

test("numbers are not sorted as strings", () => {
  assert.equal(median([100, 9, 10]), 10);
});

test("a summary has the spread", () => {
  assert.deepEqual(summary([3, 1, 2]), { median: 2, min: 1, max: 3, count: 3 });
});

test("the slope ignores an outlier", () => {
  assert.equal(
    slope([
      [0, 0],
      [1, 2],
      [2, 4],
      [3, 6],
    ]),
    2,
  );
  assert.equal(
    slope([
      [0, 5],
      [1, 5],
      [2, 500],
      [3, 5],
      [4, 5],
    ]),
    0,
  );
});

test("each round begins with a different client", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((by) => rotated(["a", "b", "c"], by)[0]),
    ["a", "b", "c", "a"],
  );
  assert.deepEqual(rotated(["a", "b", "c"], 2), ["c", "a", "b"]);
  assert.deepEqual(rotated([], 2), []);
});
