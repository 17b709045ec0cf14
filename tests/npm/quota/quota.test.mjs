// The goals of the package under the vendor's hourly quota, in virtual time: see tests/QUOTA.md.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { esm } from "../helpers/setup.mjs";
import { missed } from "./goals.mjs";
import { hourly } from "./limits.mjs";
import { use } from "./play.mjs";
import { GROUPS } from "./rows.mjs";
import { ordersBesideRead } from "./scenarios.mjs";
import { resultsOf } from "./table.mjs";

before(() => use(esm));

for (const { title, rows } of GROUPS) {
  describe(title, () => {
    for (const row of rows) {
      test(row.name, async () => {
        for (const result of await resultsOf(row)) assert.deepEqual(missed(result, row.goal), []);
      });
    }
  });
}

test("waitAll needs fewer requests than a wait for each order", async () => {
  const options = { limit: hourly(100) };
  const [each, together] = [await ordersBesideRead(options), await ordersBesideRead({ ...options, isTogether: true })];
  assert.deepEqual(missed(together), []);
  assert.ok(together.requests < each.requests, `${together.requests} instead of ${each.requests}`);
});

test("the same seed gives the same requests", async () => {
  const [first, second, other] = [
    await ordersBesideRead({ limit: hourly(100), seed: 7 }),
    await ordersBesideRead({ limit: hourly(100), seed: 7 }),
    await ordersBesideRead({ limit: hourly(100), seed: 8 }),
  ];
  assert.deepEqual(first.log, second.log);
  assert.notDeepEqual(first.log, other.log);
});
