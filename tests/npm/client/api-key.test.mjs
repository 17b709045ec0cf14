// The key provider: `apiKey` as a function.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { Clock } from "../helpers/fake-clock.mjs";
import { assertFields, COPIES, rejection, serve, TEST_KEYS, turn } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

/**
 * A key provider that returns one key after the other, and the last one for all further calls.
 *
 * @param {string[]} keys
 */
function series(...keys) {
  const state = { calls: 0 };
  const apiKey = () => {
    state.calls += 1;
    return keys[Math.min(state.calls, keys.length) - 1];
  };
  return { apiKey, state };
}

/** @param {any} mock */
const sentKeys = (mock) => mock.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("is called before each attempt", async (t) => {
      const { mock, client } = await serve(t);
      const { apiKey, state } = series(TEST_KEYS.none, TEST_KEYS.read, TEST_KEYS.full);
      mock.fail(503, 503);
      const own = client({ apiKey }, copy);
      assert.equal(state.calls, 0);
      await own.get(PATH);
      assert.deepEqual(sentKeys(mock), [TEST_KEYS.none, TEST_KEYS.read, TEST_KEYS.full]);
      await own.get(PATH);
      assert.equal(state.calls, 4);
    });

    test("is called for each call, and its result is used for no other", async (t) => {
      const { mock, client } = await serve(t);
      /** @type {((key: string) => void)[]} */
      const answers = [];
      const own = client({ apiKey: () => new Promise((resolve) => answers.push(resolve)) }, copy);
      const calls = [own.get(PATH), own.orders.list(), own.auth.validate()];
      await turn();
      assert.deepEqual([answers.length, mock.requests.length], [3, 0]);
      // In another order than the calls.
      answers[2](TEST_KEYS.none);
      answers[0](TEST_KEYS.full);
      answers[1](TEST_KEYS.read);
      await Promise.all(calls);
      assert.equal(answers.length, 3);
      assert.deepEqual(new Set(sentKeys(mock)), new Set([TEST_KEYS.full, TEST_KEYS.read, TEST_KEYS.none]));
      assert.equal(
        mock.requests.find(({ path }) => path.endsWith("/validate")).headers.authorization,
        `Bearer ${TEST_KEYS.none}`,
      );
    });

    test("an aborted call does not affect the others", async (t) => {
      const { client } = await serve(t);
      /** @type {((key: string) => void)[]} */
      const answers = [];
      const own = client({ apiKey: () => new Promise((resolve) => answers.push(resolve)) }, copy);
      const controller = new AbortController();
      const aborted = rejection(own.get(PATH, { signal: controller.signal }));
      const other = own.get(PATH);
      await turn();
      controller.abort("left");
      assert.equal(await aborted, "left");
      answers.forEach((answer) => answer(TEST_KEYS.full));
      assert.equal((await other).total, 25);
    });

    test("is called in the asynchronous context of its call, also after a queue, a pause and an outage", async () => {
      const tenant = new AsyncLocalStorage();
      /** @type {[path: string, key: string][]} */
      const requests = [];
      let rejected = false;
      const fetch = async (url, { headers }) => {
        requests.push([new URL(url).pathname, headers.authorization]);
        await turn();
        if (!rejected && requests.length === 5) {
          rejected = true;
          return new Response("{}", { status: 429, headers: { "retry-after": "0.05" } });
        }
        // Five failures in a row: the client reports an outage.
        return new Response("{}", { status: requests.length > 8 && requests.length < 18 ? 503 : 200 });
      };
      const apiKey = async () => {
        const name = tenant.getStore();
        await turn();
        return `lnc_test_${name}`;
      };
      const own = new copy.OpenProspect({ apiKey, fetch, maxRetries: 9, backoff: { baseMs: 1, maxMs: 5 } });
      // Three tenants, so that their calls also wait in a queue.
      await Promise.all(Array.from({ length: 60 }, (_, n) => tenant.run(`t${n % 3}`, () => own.get(`/t${n % 3}`))));
      assert.ok(requests.length > 65, `${requests.length}`);
      for (const [path, key] of requests) assert.equal(key, `Bearer lnc_test_${path.slice(1)}`);
    });

    test("is called again after a long wait, before the request is sent", async (t) => {
      const clock = new Clock().install(t);
      let calls = 0;
      /** @type {string[]} */
      const sent = [];
      const fetch = async (_, { headers }) => {
        sent.push(headers.authorization);
        return new Response("{}", { status: sent.length === 1 ? 429 : 200, headers: { "retry-after": "30" } });
      };
      const own = new copy.OpenProspect({
        apiKey: () => `lnc_test_${Math.floor((calls += 1) / 3)}`,
        fetch,
        maxRetries: 0,
      });
      await clock.run(rejection(own.get(PATH)));
      // The second call waits for the end of the pause with the first key, which has expired when the call is sent.
      await clock.run(own.get(PATH));
      assert.deepEqual(sent, ["Bearer lnc_test_0", "Bearer lnc_test_1"]);
      assert.equal(calls, 3);
    });

    for (const method of ["GET", "POST"]) {
      test(`after a 401 a new key is tried once: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const { apiKey, state } = series(TEST_KEYS.expired, TEST_KEYS.full);
        const { attempts } = await client({ apiKey }, copy).request(
          method,
          PATH,
          method === "POST" ? { body: {} } : {},
        );
        assert.deepEqual(sentKeys(mock), [TEST_KEYS.expired, TEST_KEYS.full]);
        assert.deepEqual(
          attempts.map(({ status }) => status),
          [401, method === "POST" ? 201 : 200],
        );
        assert.equal(state.calls, 2);
      });

      test(`the same key is not retried: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const { apiKey, state } = series(TEST_KEYS.expired);
        const error = await rejection(
          client({ apiKey }, copy).request(method, PATH, method === "POST" ? { body: {} } : {}),
        );
        assert.equal(mock.requests.length, 1);
        assert.equal(state.calls, 2);
        assertFields(assert, error, {
          name: "AuthenticationError",
          stoppedBy: "not_retryable",
          mayHaveBeenApplied: false,
        });
      });
    }

    test("a third key is not tried", async (t) => {
      const { mock, client } = await serve(t);
      const error = await rejection(
        client({ apiKey: series(TEST_KEYS.expired, TEST_KEYS.revoked, TEST_KEYS.full).apiKey }, copy).get(PATH),
      );
      assert.deepEqual(sentKeys(mock), [TEST_KEYS.expired, TEST_KEYS.revoked]);
      assert.equal(error.name, "AuthenticationError");
    });

    test("a key that is a string is not retried", async (t) => {
      const { mock, client } = await serve(t);
      await rejection(client({ apiKey: TEST_KEYS.expired }, copy).get(PATH));
      assert.equal(mock.requests.length, 1);
    });

    test("a new key does not count as a retry", async (t) => {
      const { mock, client } = await serve(t);
      await client({ apiKey: series(TEST_KEYS.expired, TEST_KEYS.full).apiKey, maxRetries: 0 }, copy).get(PATH);
      assert.equal(mock.requests.length, 2);
    });

    const cause = new Error("the vault is closed");
    /** @type {[what: string, apiKey: () => unknown, cause?: unknown][]} */
    const FAILURES = [
      [
        "throws",
        () => {
          throw cause;
        },
        cause,
      ],
      ["rejects", () => Promise.reject(cause), cause],
      [
        "throws a string",
        () => {
          throw "closed";
        },
        "closed",
      ],
      ...[undefined, null, 5, {}, "", "a\nb", "Bearer lnc_test_x"].flatMap(
        (value) =>
          /** @type {[string, () => unknown][]} */ ([
            [`returns ${JSON.stringify(value)}`, () => value],
            [`resolves to ${JSON.stringify(value)}`, async () => value],
          ]),
      ),
    ];
    for (const [what, apiKey, expected] of FAILURES) {
      test(`a key provider that ${what} is a ConfigurationError`, async (t) => {
        const { mock, client } = await serve(t);
        const own = client({ apiKey }, copy);
        for (const call of [() => own.get(PATH), () => own.orders.list()]) {
          const error = await rejection(call());
          assertFields(assert, error, { name: "ConfigurationError", option: "apiKey" });
          assert.equal(error.cause, expected);
        }
        assert.equal(mock.requests.length, 0);
      });
    }

    test("counts towards the timeouts while it is pending", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ apiKey: () => new Promise(() => {}), maxRetries: 1 }, copy);
      const [attempt, deadline] = await Promise.all([
        rejection(own.post(PATH, { timeoutMs: 100, body: {} })),
        rejection(own.get(PATH, { deadlineMs: 100 })),
      ]);
      // No request was sent, so that even a POST cannot have been applied.
      assertFields(assert, attempt, { name: "TimeoutError", scope: "attempt", mayHaveBeenApplied: false });
      assertFields(assert, deadline, { name: "TimeoutError", scope: "deadline" });
      for (const { attempts } of [attempt, deadline]) for (const { sent } of attempts) assert.equal(sent, false);
      assert.equal(mock.requests.length, 0);
    });
  });
}
