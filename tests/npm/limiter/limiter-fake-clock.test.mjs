// What many calls of one client share, on a fake clock: whatever the machine does, a deadline passes when it is due.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { COPIES, TEST_KEYS } from "../helpers/setup.mjs";

for (const [how, { OpenProspect, ServerError }] of COPIES) {
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...options });

  test(`${how}: a deadline ends a wait for a probe with the error of the last one`, async (t) => {
    const clock = new Clock().install(t);
    // At once: the deadline of a request that is under way is a timeout of its own.
    const { fetch, asked } = createServer(clock, () => ({ status: 503, afterMs: 0 }));
    const client = connect(fetch, { maxRetries: 100, backoff: { baseMs: 400, maxMs: 400 }, deadlineMs: 700 });
    const results = await clock.run(Promise.allSettled(Array.from({ length: 20 }, () => client.orders.list())));
    for (const { reason } of results)
      assert.ok(reason instanceof ServerError && reason.stoppedBy === "deadline", String(reason));
    assert.ok(asked.length < 20, `${asked.length}`);
  });

  test(`${how}: no timer is left when all calls have ended`, async (t) => {
    const clock = new Clock().install(t);
    let count = 0;
    const { fetch } = createServer(clock, () => ({
      status: [429, 503, 503, 503, 503, 503, 503][count++] ?? 200,
      body: { items: [] },
    }));
    const client = connect(fetch, { maxRetries: 9 });
    await clock.run(Promise.all(Array.from({ length: 30 }, () => client.orders.list())));
    assert.ok(count > 30);
    assert.equal(clock.timers.size, 0);
  });
}
