// What many calls of one client share: a server's limit, and its outages. The rules are tested on the core; this is
// what a user sees of them.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { clock, COPIES, listen, QUICK, rejection, serve, turn, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

for (const [how, copy] of COPIES) {
  describe(`${how}: a limit`, { concurrency: true }, () => {
    /** A server in memory: `refuse` gives the headers of a 429, or nothing. Requests are seen when they leave. */
    function limited(refuse, options) {
      const seen = [];
      const events = [];
      const fetch = async (url, { method }) => {
        const headers = refuse(seen.length);
        seen.push({ at: clock(), refused: Boolean(headers), path: new URL(url).pathname, method });
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        return new Response("{}", { status: headers ? 429 : 200, headers: headers ?? {} });
      };
      const onEvent = (event) => events.push({ ...event, at: clock(), seen: seen.length });
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK, onEvent, ...options });
      const throttled = () => until(() => events.some(({ type }) => type === "throttled"), "throttled");
      return { seen, events, client, throttled };
    }

    test("one refusal stops every call until the server's instant", async () => {
      const { seen, client, events } = limited((n) => (n === 2 ? { "retry-after": "0.4" } : undefined));
      await Promise.all(Array.from({ length: 40 }, () => client.get(PATH)));
      const [throttled, resumed] = events.filter(({ type }) => type === "throttled" || type === "resumed");
      assert.deepEqual([throttled.type, resumed.type], ["throttled", "resumed"]);
      assert.ok(throttled.seen < 12, `${throttled.seen} had left by then`);
      const later = seen.slice(throttled.seen);
      assert.ok(
        later.every(({ at }) => at >= throttled.until.getTime() && at >= seen[2].at + 400),
        "none came early",
      );
      assert.ok(throttled.window >= 1 && throttled.waiting > 25 && throttled.pace > 0, JSON.stringify(throttled));
      assert.equal(seen.length, 41);
    });

    test("a call that begins in a pause waits too, and the refused one goes first", async () => {
      const { seen, client, throttled } = limited((n) => (n === 0 ? { "retry-after": "0.2" } : undefined));
      const first = client.get(`${PATH}/refused`);
      await throttled();
      await Promise.all([first, client.get(`${PATH}/new`)]);
      assert.deepEqual(
        seen.map(({ path }) => path),
        [`${PATH}/refused`, `${PATH}/refused`, `${PATH}/new`],
      );
      assert.ok(seen[1].at >= seen[0].at + 200);
    });

    test("who has no time for a pause is told at once when to come back, and nothing is sent", async () => {
      const { seen, client } = limited((n) => (n === 0 ? { "retry-after": "200" } : undefined), {
        maxRetryAfterMs: 1_000_000,
        deadlineMs: 500_000,
      });
      await rejection(client.get(PATH, { maxRetries: 0 }));
      const error = await rejection(client.post(PATH, { body: {}, deadlineMs: 50_000 }));
      assert.ok(error instanceof copy.RateLimitError, String(error));
      assert.deepEqual(
        [error.status, error.stoppedBy, error.mayHaveBeenApplied, error.retryable],
        [429, "deadline", false, true],
      );
      assert.ok(error.retryAfterMs > 100_000 && error.retryAfterMs < 203_000 && error.retryAt instanceof Date);
      assert.match(error.message, /^POST \/api\/v1\/orders → 429 RATE_LIMIT: not sent/);
      assert.equal(seen.length, 1);
    });

    test("an abort ends a wait in the queue at once, and nothing is sent", async () => {
      const { seen, client, throttled } = limited((n) => (n === 0 ? { "retry-after": "0.3" } : undefined));
      const first = client.get(PATH);
      await throttled();
      const controller = new AbortController();
      const reason = new Error("enough");
      const aborted = Array.from({ length: 30 }, () => rejection(client.get(PATH, { signal: controller.signal })));
      await turn();
      const ended = Promise.all(aborted);
      let turns = 0;
      ended.then(() => {
        turns = Infinity;
      });
      controller.abort(reason);
      for (; turns < 2; turns += 1) await turn();
      assert.equal(turns, Infinity, "in the same turn of the event loop");
      assert.deepEqual(new Set(await ended), new Set([reason]));
      assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
      await first;
      assert.equal(seen.length, 2);
    });

    test("a turn that comes before the call has begun to wait for it is not lost", async () => {
      // An answer lands so many microtasks after it was given: one of these moments is just after a call has lined up.
      for (let moment = 0; moment < 40; moment += 1) {
        const answers = [];
        const fetch = () => new Promise((resolve) => answers.push(() => resolve(new Response("{}"))));
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK });
        const calls = Array.from({ length: 4 }, () => client.get(PATH));
        answers[0]();
        for (let step = 0; step < moment; step += 1) await null;
        let last = "hangs";
        client.get(PATH).then(() => {
          last = "ended";
        });
        for (let turns = 0; turns < 20; turns += 1) {
          answers.forEach((answer) => answer());
          await turn();
        }
        await Promise.all(calls);
        assert.equal(last, "ended", `${moment} microtasks after the answer`);
      }
    });

    test("a call whose deadline passes in the queue ends there", async () => {
      const { seen, client, throttled } = limited((n) => (n === 0 ? {} : undefined), {
        backoff: { baseMs: 600, maxMs: 600 },
        deadlineMs: null,
      });
      const first = client.get(PATH, { maxRetries: 9 });
      await throttled();
      const [error] = await Promise.all([rejection(client.get(PATH, { deadlineMs: 1 })), first]);
      assert.ok(error instanceof copy.RateLimitError || error instanceof copy.TimeoutError, String(error));
      assert.equal(error.stoppedBy, "deadline");
      assert.equal(seen.length, 2);
    });

    test("a header that says that nothing is left pauses before the refusal", async () => {
      const times = [];
      const fetch = async () => {
        times.push(clock());
        return new Response("{}", {
          headers: { "ratelimit-remaining": String(Math.max(0, 3 - times.length)), "ratelimit-reset": "1" },
        });
      };
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK });
      for (let call = 0; call < 4; call += 1) await client.get(PATH);
      assert.ok(times[2] - times[0] < 900 && times[3] - times[2] >= 1000, `${times}`);
    });
  });

  describe(`${how}: an outage`, { concurrency: true }, () => {
    test("a dead server sees a handful of requests from a thousand calls, and each call ends", async (t) => {
      let requests = 0;
      const url = await listen(t, (_, response) => {
        requests += 1;
        response.writeHead(500, { "x-request-id": `r${requests}` });
        response.end('{"code":"BROKEN","message":"no"}');
      });
      const events = [];
      const client = new copy.OpenProspect({
        apiKey: "lnc_test_a",
        baseUrl: url,
        maxRetries: 3,
        backoff: { baseMs: 20, maxMs: 60 },
        onEvent: (event) => events.push(event),
      });
      const calls = Array.from({ length: 1000 }, (_, n) =>
        rejection(n % 2 ? client.get(PATH) : client.post(PATH, { body: {} })),
      );
      const errors = await Promise.all(calls);
      assert.ok(requests < 40, `${requests} requests`);
      for (const error of errors) {
        // What the server said belongs to the calls that were sent.
        assert.ok(
          error instanceof copy.ServerError && error.code === (error.attempts.at(-1).sent ? "BROKEN" : "SERVER"),
          String(error),
        );
        assert.ok(error.attempts.length <= 4);
        const sent = error.attempts.filter((attempt) => attempt.sent).length;
        assert.equal(error.mayHaveBeenApplied, error.method === "POST" && sent > 0, JSON.stringify(error.attempts));
      }
      const unsent = errors.filter(({ attempts }) => attempts.every(({ sent }) => !sent));
      assert.ok(unsent.length > 900, `${unsent.length} were never sent`);
      assert.deepEqual([...new Set(unsent.map(({ attempts }) => attempts.length))], [4], "after their own attempts");
      assert.deepEqual(
        unsent[0].attempts.map(({ status, failure }) => [status, failure]),
        Array(4).fill([500, undefined]),
      );
      const outage = events.find(({ type }) => type === "outage");
      assert.ok(outage.failures >= 5 && outage.waiting > 900 && outage.until instanceof Date);
      assert.equal(
        errors.flatMap(({ attempts }) => attempts).filter(({ sent }) => sent).length,
        requests,
        "each request is in one record",
      );
    });

    test("a server that is back is found, and all who waited are served", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 503, times: 9 });
      const events = [];
      const own = client(
        { maxRetries: 9, backoff: { baseMs: 20, maxMs: 50 }, onEvent: ({ type }) => events.push(type) },
        copy,
      );
      const pages = await Promise.all(Array.from({ length: 100 }, () => own.orders.list()));
      assert.ok(pages.every(({ total }) => total === 25));
      assert.equal(mock.requests.length, 109);
      assert.deepEqual(
        events.filter((type) => type === "outage" || type === "resumed"),
        ["outage", "resumed"],
      );
    });

    test("no response is an outage as well, and its cause shows no key of another call", async (t) => {
      const failing = async (_, { headers }) => {
        throw new Error(`sent ${headers.authorization}`);
      };
      const client = new copy.OpenProspect({
        apiKey: "lnc_test_c4n4ry0of0one",
        fetch: failing,
        maxRetries: 1,
        backoff: { baseMs: 5, maxMs: 5 },
      });
      const errors = await Promise.all(Array.from({ length: 50 }, () => rejection(client.get(PATH))));
      for (const error of errors) {
        assert.ok(error instanceof copy.ConnectionError);
        assert.equal(error.cause instanceof Error, error.attempts.at(-1).sent);
        assert.ok(
          !`${error.message} ${error.cause?.message} ${error.cause?.stack} ${JSON.stringify(error)}`.includes("c4n4ry"),
        );
      }
      assert.ok(errors.some(({ attempts }) => attempts.every(({ sent }) => !sent)));
    });
  });
}
