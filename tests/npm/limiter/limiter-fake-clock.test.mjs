// State that the calls of one client share, on a fake clock.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, createServer } from "../helpers/fake-clock.mjs";
import { COPIES, rejection, TEST_KEYS } from "../helpers/setup.mjs";

for (const [how, { OpenProspect, ServerError }] of COPIES) {
  /**
   * @param {Function} fetch
   * @param {object} options
   */
  const connect = (fetch, options) =>
    new OpenProspect({ apiKey: TEST_KEYS.full, baseUrl: "https://api.test", fetch, ...options });

  test(`${how}: a deadline ends a wait for a probe with the error of the last one`, async (t) => {
    const clock = new Clock().install(t);
    // Without latency: a deadline during a request would be a TimeoutError.
    const { fetch, requests } = createServer(clock, () => ({ status: 503, afterMs: 0 }));
    const client = connect(fetch, { maxRetries: 100, backoff: { baseMs: 400, maxMs: 400 }, deadlineMs: 700 });
    const errors = await clock.run(Promise.all(Array.from({ length: 20 }, () => rejection(client.orders.list()))));
    for (const error of errors)
      assert.ok(error instanceof ServerError && error.stoppedBy === "deadline", String(error));
    assert.ok(requests.length < 20, `${requests.length}`);
  });

  test(`${how}: no timer is left when all calls have settled`, async (t) => {
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
