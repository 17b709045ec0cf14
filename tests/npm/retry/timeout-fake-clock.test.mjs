// Timeouts on a fake clock are at most a millisecond late.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { COPIES, rejection, TEST_KEYS } from "../helpers/setup.mjs";

const MS = 1000;

for (const [how, { OpenProspect }] of COPIES) {
  for (const stall of ["headers", "body"]) {
    for (const limits of [
      { timeoutMs: MS },
      { deadlineMs: MS },
      { timeoutMs: 400, deadlineMs: MS, maxRetries: 9, backoff: { baseMs: 1, maxMs: 1 } },
    ]) {
      test(`${how}: ${stall}, ${JSON.stringify(limits)}`, async (t) => {
        const clock = new Clock().install(t);
        const { fetch } = createServer(clock, () => ({ stall, afterMs: 0 }));
        const client = new OpenProspect({
          apiKey: TEST_KEYS.full,
          baseUrl: "https://api.test",
          fetch,
          maxRetries: 0,
          ...limits,
        });
        const before = clock.elapsed;
        const error = await clock.run(rejection(client.get("/api/v1/orders")));
        assert.equal(error.name, "TimeoutError");
        // A timer holds whole milliseconds.
        assert.ok(clock.elapsed - before >= MS && clock.elapsed - before <= MS + 1, `${clock.elapsed - before} ms`);
      });
    }
  }
}
