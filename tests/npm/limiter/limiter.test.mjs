// The limiter and the circuit breaker that the calls of one client share, as a caller sees them. tests/limiter tests
// the rules.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { clock, COPIES, listen, QUICK, rejection, serve, turn, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

for (const [how, copy] of COPIES) {
  describe(`${how}: a limit`, { concurrency: true }, () => {
    /**
     * A client of a server in memory. `rejects` returns the headers of a 429, or undefined for a success.
     *
     * @param {(n: number) => Record<string, string> | undefined} rejects the nth request, from 0 on
     * @param {object} [options] of the client
     */
    function limited(rejects, options) {
      /** @type {{ at: number, path: string }[]} */
      const requests = [];
      /** @type {any[]} */
      const events = [];
      const fetch = async (url) => {
        const headers = rejects(requests.length);
        requests.push({ at: clock(), path: new URL(url).pathname });
        await turn();
        return new Response("{}", { status: headers ? 429 : 200, headers: headers ?? {} });
      };
      const onEvent = (event) => events.push({ ...event, at: clock(), requests: requests.length });
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK, onEvent, ...options });
      const throttled = () => until(() => events.some(({ type }) => type === "throttled"), "throttled");
      return { requests, events, client, throttled };
    }

    test("one 429 pauses every call until Retry-After", async () => {
      const { requests, client, events } = limited((n) => (n === 2 ? { "retry-after": "0.4" } : undefined));
      await Promise.all(Array.from({ length: 40 }, () => client.get(PATH)));
      const [throttled, resumed] = events.filter(({ type }) => type === "throttled" || type === "resumed");
      assert.deepEqual([throttled.type, resumed.type], ["throttled", "resumed"]);
      assert.ok(throttled.requests < 12, `${throttled.requests} requests before the event`);
      const later = requests.slice(throttled.requests);
      assert.ok(
        later.every(({ at }) => at >= throttled.until.getTime() && at >= requests[2].at + 400),
        "no request is early",
      );
      assert.ok(throttled.window >= 1 && throttled.waiting > 25 && throttled.pace > 0, JSON.stringify(throttled));
      assert.equal(requests.length, 41);
    });

    test("a call that starts during a pause waits, and the rejected one is sent first", async () => {
      const { requests, client, throttled } = limited((n) => (n === 0 ? { "retry-after": "0.2" } : undefined));
      const first = client.get(`${PATH}/rejected`);
      await throttled();
      await Promise.all([first, client.get(`${PATH}/new`)]);
      assert.deepEqual(
        requests.map(({ path }) => path),
        [`${PATH}/rejected`, `${PATH}/rejected`, `${PATH}/new`],
      );
      assert.ok(requests[1].at >= requests[0].at + 200);
    });

    test("a call whose deadline is before the end of the pause rejects immediately with retryAfterMs", async () => {
      const { requests, client } = limited((n) => (n === 0 ? { "retry-after": "200" } : undefined), {
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
      assert.equal(requests.length, 1);
    });

    test("an abort ends a wait in the queue immediately, and no request is sent", async () => {
      const { requests, client, throttled } = limited((n) => (n === 0 ? { "retry-after": "0.3" } : undefined));
      const first = client.get(PATH);
      await throttled();
      const controller = new AbortController();
      const reason = new Error("enough");
      const aborted = Array.from({ length: 30 }, () => rejection(client.get(PATH, { signal: controller.signal })));
      await turn();
      const ended = Promise.all(aborted);
      let ticks = 0;
      ended.then(() => {
        ticks = Infinity;
      });
      controller.abort(reason);
      for (; ticks < 2; ticks += 1) await turn();
      assert.equal(ticks, Infinity, "in the same tick of the event loop");
      assert.deepEqual(new Set(await ended), new Set([reason]));
      assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
      await first;
      assert.equal(requests.length, 2);
    });

    test("an admission is not lost if it precedes the wait for it", async () => {
      // The client processes a response some microtasks later: for one of these counts, just after a call is queued.
      for (let moment = 0; moment < 40; moment += 1) {
        /** @type {(() => void)[]} */
        const answers = [];
        const fetch = () => new Promise((resolve) => answers.push(() => resolve(new Response("{}"))));
        const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK });
        const calls = Array.from({ length: 4 }, () => client.get(PATH));
        answers[0]();
        for (let step = 0; step < moment; step += 1) await null;
        let last = "pending";
        client.get(PATH).then(() => {
          last = "settled";
        });
        for (let ticks = 0; ticks < 20; ticks += 1) {
          answers.forEach((answer) => answer());
          await turn();
        }
        await Promise.all(calls);
        assert.equal(last, "settled", `${moment} microtasks after the response`);
      }
    });

    test("a call whose deadline passes in the queue is not sent", async () => {
      const { requests, client, throttled } = limited((n) => (n === 0 ? {} : undefined), {
        backoff: { baseMs: 600, maxMs: 600 },
        deadlineMs: null,
      });
      const first = client.get(PATH, { maxRetries: 9 });
      await throttled();
      const [error] = await Promise.all([rejection(client.get(PATH, { deadlineMs: 1 })), first]);
      assert.ok(error instanceof copy.RateLimitError || error instanceof copy.TimeoutError, String(error));
      assert.equal(error.stoppedBy, "deadline");
      assert.equal(requests.length, 2);
    });

    test("a header with no remaining quota pauses calls before a 429", async () => {
      /** @type {number[]} */
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
    test("a server that is down receives few requests from a thousand calls, and each call ends", async (t) => {
      let requests = 0;
      const url = await listen(t, (_, response) => {
        requests += 1;
        response.writeHead(500, { "x-request-id": `r${requests}` });
        response.end('{"code":"BROKEN","message":"no"}');
      });
      /** @type {any[]} */
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
        // The content of the response belongs to the calls that were sent.
        assert.ok(
          error instanceof copy.ServerError && error.code === (error.attempts.at(-1).sent ? "BROKEN" : "SERVER"),
          String(error),
        );
        assert.ok(error.attempts.length <= 4);
        const sent = error.attempts.filter((attempt) => attempt.sent).length;
        assert.equal(error.mayHaveBeenApplied, error.method === "POST" && sent > 0, JSON.stringify(error.attempts));
      }
      const unsent = errors.filter(({ attempts }) => attempts.every(({ sent }) => !sent));
      assert.ok(unsent.length > 900, `${unsent.length} were not sent`);
      assert.deepEqual([...new Set(unsent.map(({ attempts }) => attempts.length))], [4], "each has its own attempts");
      assert.deepEqual(
        unsent[0].attempts.map(({ status, failure }) => [status, failure]),
        Array(4).fill([500, undefined]),
      );
      const outage = events.find(({ type }) => type === "outage");
      assert.ok(outage.failures >= 5 && outage.waiting > 900 && outage.until instanceof Date);
      assert.equal(
        errors.flatMap(({ attempts }) => attempts).filter(({ sent }) => sent).length,
        requests,
        "each request is in one attempt",
      );
    });

    test("the client detects a recovered server, and all waiting calls succeed", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail({ status: 503, times: 9 });
      /** @type {string[]} */
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

    test("missing responses are an outage, and their cause shows no key of another call", async (t) => {
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
