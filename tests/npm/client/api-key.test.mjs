// The key as a function.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { Clock } from "../helpers/fake-clock.mjs";
import { assertFields, COPIES, rejection, serve, TEST_KEYS, turn } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";

/** A function that gives one key after the other, the last one for ever. */
function series(...keys) {
  const apiKey = () => {
    apiKey.asked += 1;
    return keys[Math.min(apiKey.asked, keys.length) - 1];
  };
  return Object.assign(apiKey, { asked: 0 });
}

const sentKeys = (mock) => mock.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));

for (const [how, copy] of COPIES) {
  describe(how, () => {
    test("is asked before each attempt", async (t) => {
      const { mock, client } = await serve(t);
      const apiKey = series(TEST_KEYS.none, TEST_KEYS.read, TEST_KEYS.full);
      mock.fail(503, 503);
      const own = client({ apiKey }, copy);
      assert.equal(apiKey.asked, 0);
      await own.get(PATH);
      assert.deepEqual(sentKeys(mock), [TEST_KEYS.none, TEST_KEYS.read, TEST_KEYS.full]);
      await own.get(PATH);
      assert.equal(apiKey.asked, 4);
    });

    test("is asked for each call, and an answer is used for no other", async (t) => {
      const { mock, client } = await serve(t);
      const answers = [];
      const own = client({ apiKey: () => new Promise((resolve) => answers.push(resolve)) }, copy);
      const calls = [own.get(PATH), own.orders.list(), own.auth.validate()];
      await turn();
      assert.deepEqual([answers.length, mock.requests.length], [3, 0]);
      // In another order than they were asked in.
      for (const [call, key] of [
        [2, TEST_KEYS.none],
        [0, TEST_KEYS.full],
        [1, TEST_KEYS.read],
      ])
        answers[call](key);
      await Promise.all(calls);
      assert.equal(answers.length, 3);
      assert.deepEqual(new Set(sentKeys(mock)), new Set([TEST_KEYS.full, TEST_KEYS.read, TEST_KEYS.none]));
      assert.equal(
        mock.requests.find(({ path }) => path.endsWith("/validate")).headers.authorization,
        `Bearer ${TEST_KEYS.none}`,
      );
    });

    test("one caller that leaves takes nothing from the others", async (t) => {
      const { client } = await serve(t);
      const answers = [];
      const own = client({ apiKey: () => new Promise((resolve) => answers.push(resolve)) }, copy);
      const controller = new AbortController();
      const leaving = rejection(own.get(PATH, { signal: controller.signal }));
      const staying = own.get(PATH);
      await turn();
      controller.abort("left");
      assert.equal(await leaving, "left");
      answers.forEach((answer) => answer(TEST_KEYS.full));
      assert.equal((await staying).total, 25);
    });

    test("is asked in the asynchronous context of its call, also after a queue, a pause and an outage", async () => {
      const tenant = new AsyncLocalStorage();
      const seen = [];
      let rejected = false;
      const fetch = async (url, { headers }) => {
        const [asked, key] = [new URL(url).pathname, headers.authorization];
        seen.push([asked, key]);
        await turn();
        if (!rejected && seen.length === 5) {
          rejected = true;
          return new Response("{}", { status: 429, headers: { "retry-after": "0.05" } });
        }
        // Five failures in a row: the client takes the server for down.
        return new Response("{}", { status: seen.length > 8 && seen.length < 18 ? 503 : 200 });
      };
      const apiKey = async () => {
        const name = tenant.getStore();
        await turn();
        return `lnc_test_${name}`;
      };
      const own = new copy.OpenProspect({ apiKey, fetch, maxRetries: 9, backoff: { baseMs: 1, maxMs: 5 } });
      // Three tenants, so that their calls wait in a queue, too.
      await Promise.all(Array.from({ length: 60 }, (_, n) => tenant.run(`t${n % 3}`, () => own.get(`/t${n % 3}`))));
      assert.ok(seen.length > 65, `${seen.length}`);
      for (const [path, key] of seen) assert.equal(key, `Bearer lnc_test_${path.slice(1)}`);
    });

    test("a call that waited for long asks again before it is sent", async (t) => {
      const clock = new Clock().install(t);
      const asked = [];
      const sent = [];
      const fetch = async (_, { headers }) => {
        sent.push(headers.authorization);
        return new Response("{}", { status: sent.length === 1 ? 429 : 200, headers: { "retry-after": "30" } });
      };
      const own = new copy.OpenProspect({
        apiKey: () => `lnc_test_${Math.floor(asked.push(clock.elapsed) / 3)}`,
        fetch,
        maxRetries: 0,
      });
      await clock.run(rejection(own.get(PATH)));
      // The second call lines up behind the pause of the same key with the key of then, which has expired when it is sent.
      await clock.run(own.get(PATH));
      assert.deepEqual(sent, ["Bearer lnc_test_0", "Bearer lnc_test_1"]);
      assert.equal(asked.length, 3);
    });

    for (const method of ["GET", "POST"]) {
      test(`after a 401 another key is tried once: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const apiKey = series(TEST_KEYS.expired, TEST_KEYS.full);
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
        assert.equal(apiKey.asked, 2);
      });

      test(`the same key is not: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const apiKey = series(TEST_KEYS.expired);
        const error = await rejection(
          client({ apiKey }, copy).request(method, PATH, method === "POST" ? { body: {} } : {}),
        );
        assert.equal(mock.requests.length, 1);
        assert.equal(apiKey.asked, 2);
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
        client({ apiKey: series(TEST_KEYS.expired, TEST_KEYS.revoked, TEST_KEYS.full) }, copy).get(PATH),
      );
      assert.deepEqual(sentKeys(mock), [TEST_KEYS.expired, TEST_KEYS.revoked]);
      assert.equal(error.name, "AuthenticationError");
    });

    test("a key that is a string is not tried again", async (t) => {
      const { mock, client } = await serve(t);
      await rejection(client({ apiKey: TEST_KEYS.expired }, copy).get(PATH));
      assert.equal(mock.requests.length, 1);
    });

    test("another key needs no retry that is left", async (t) => {
      const { mock, client } = await serve(t);
      await client({ apiKey: series(TEST_KEYS.expired, TEST_KEYS.full), maxRetries: 0 }, copy).get(PATH);
      assert.equal(mock.requests.length, 2);
    });

    const cause = new Error("the vault is closed");
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
      ...[undefined, null, 5, {}, "", "a\nb", "Bearer lnc_test_x"].flatMap((value) => [
        [`gives ${JSON.stringify(value)}`, () => value],
        [`promises ${JSON.stringify(value)}`, async () => value],
      ]),
    ];
    for (const [what, apiKey, expected] of FAILURES) {
      test(`a function that ${what} is a wrong option`, async (t) => {
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

    test("while it hangs, the attempt's time runs", async (t) => {
      const { mock, client } = await serve(t);
      const own = client({ apiKey: () => new Promise(() => {}), maxRetries: 1 }, copy);
      const [attempt, deadline] = await Promise.all([
        rejection(own.post(PATH, { timeoutMs: 100, body: {} })),
        rejection(own.get(PATH, { deadlineMs: 100 })),
      ]);
      // Nothing was sent, so that even a POST cannot have been applied.
      assertFields(assert, attempt, { name: "TimeoutError", scope: "attempt", mayHaveBeenApplied: false });
      assertFields(assert, deadline, { name: "TimeoutError", scope: "deadline" });
      for (const { attempts } of [attempt, deadline]) for (const { sent } of attempts) assert.equal(sent, false);
      assert.equal(mock.requests.length, 0);
    });
  });
}
