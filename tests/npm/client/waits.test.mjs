// `wait` polls until the job finishes: a failed poll that may succeed later does not end it. On a fake clock.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

const { Clock } = await import("../helpers/fake-clock.mjs");
const { COPIES, rejection } = await import("../helpers/setup.mjs");

const MINUTE = 60_000;

/**
 * A client whose `fetch` returns what `answer` makes of the milliseconds that have passed.
 *
 * @param {any} copy of the package
 * @param {InstanceType<typeof Clock>} clock
 * @param {(elapsed: number, requests: number) => Response} answer
 * @param {object} [options]
 */
function connect(copy, clock, answer, options) {
  const load = { requests: 0 };
  const fetch = async () => {
    load.requests += 1;
    return answer(clock.elapsed, load.requests);
  };
  return {
    load,
    client: new copy.OpenProspect({ apiKey: "lnc_test_w", baseUrl: "https://api.test", fetch, ...options }),
  };
}

/** @param {string} status @param {ResponseInit} [init] */
const order = (status, init) => new Response(JSON.stringify({ id: "o", status }), init);

/** @type {[string, () => Response][]} */
const FAILURES = [
  ["503 without a hint", () => new Response("", { status: 503 })],
  ["a 500 with an error page", () => new Response("<h1>down</h1>", { status: 500 })],
  ["429 without a hint", () => new Response("", { status: 429 })],
  [
    "a refused connection",
    () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
    },
  ],
];

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [name, fail] of FAILURES) {
      test(`ten minutes of ${name} do not end it`, async (t) => {
        const clock = new Clock().install(t);
        const { client, load } = connect(copy, clock, (elapsed) =>
          elapsed < 10 * MINUTE ? fail() : order("COMPLETED"),
        );
        assert.equal((await clock.run(client.orders.wait("o"))).status, "COMPLETED");
        assert.ok(clock.elapsed < 12 * MINUTE, `${clock.elapsed}`);
        assert.ok(load.requests < 150, `${load.requests} requests`);
      });
    }

    test("a quota per hour does not end it, and it sends nothing in between", async (t) => {
      const clock = new Clock().install(t);
      const until = 59 * MINUTE;
      const limited = () =>
        new Response("", { status: 429, headers: { "retry-after": String((until - clock.elapsed) / 1000) } });
      const { client, load } = connect(copy, clock, (elapsed) => (elapsed < until ? limited() : order("COMPLETED")));
      assert.equal((await clock.run(client.orders.wait("o"))).status, "COMPLETED");
      assert.ok(clock.elapsed >= until && clock.elapsed < until + MINUTE, `${clock.elapsed}`);
      assert.equal(load.requests, 2);
    });

    test("free() ends its pause at once", async (t) => {
      const clock = new Clock().install(t);
      const hours = { headers: { "retry-after": "7000" } };
      const { client, load } = connect(copy, clock, () => order("RECEIVED", hours));
      const ended = rejection(client.orders.waitAll(["a", "b"]));
      const other = rejection(client.orders.wait("c"));
      await clock.wait(60 * MINUTE);
      assert.equal(load.requests, 4);
      client.free();
      for (const error of await Promise.all([ended, other])) {
        assert.ok(error instanceof copy.ConfigurationError, String(error));
        assert.equal(error.option, "client");
      }
      assert.equal(clock.elapsed, 60 * MINUTE);
      assert.equal(load.requests, 4);
    });

    test("what cannot succeed later ends it", async (t) => {
      const clock = new Clock().install(t);
      const failing = [new Response("", { status: 503 }), order("RECEIVED"), new Response("{}", { status: 404 })];
      const { client } = connect(copy, clock, (_elapsed, requests) => failing[requests - 1]);
      assert.ok((await clock.run(rejection(client.orders.wait("o")))) instanceof copy.NotFoundError);
    });

    test("its deadline ends it, with the error of the last poll", async (t) => {
      const clock = new Clock().install(t);
      const { client } = connect(copy, clock, () => new Response("", { status: 503 }));
      const error = await clock.run(rejection(client.orders.wait("o", { deadlineMs: 5 * MINUTE })));
      assert.ok(error instanceof copy.ServerError, String(error));
      assert.ok(clock.elapsed > 3 * MINUTE && clock.elapsed <= 5 * MINUTE, `${clock.elapsed}`);
    });

    test("its signal ends it between the polls of a failing server", async (t) => {
      const clock = new Clock().install(t);
      const controller = new AbortController();
      const { client } = connect(copy, clock, (elapsed) => {
        if (elapsed > MINUTE) controller.abort("enough");
        return new Response("", { status: 503 });
      });
      const { signal } = controller;
      assert.equal(await clock.run(rejection(client.orders.wait("o", { signal }))), "enough");
    });

    test("a client with its own maxRetryAfterMs keeps it", async (t) => {
      const clock = new Clock().install(t);
      const limited = () => new Response("", { status: 429, headers: { "retry-after": "30" } });
      const { client } = connect(copy, clock, limited, { maxRetryAfterMs: 10_000 });
      const error = await clock.run(rejection(client.orders.wait("o")));
      assert.deepEqual([error.name, error.stoppedBy, clock.elapsed], ["RateLimitError", "retry_after", 0]);
    });
  });
}
