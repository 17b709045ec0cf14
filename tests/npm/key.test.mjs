// The key as a function.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertFields, COPIES, rejection, serve, TEST_KEYS } from "./help.mjs";

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

    test("calls at the same time share one answer, later ones do not", async (t) => {
      const { mock, client } = await serve(t);
      let asked = 0;
      let answer;
      const own = client({ apiKey: () => ((asked += 1), new Promise((resolve) => { answer = resolve; })) }, copy);
      const calls = [own.get(PATH), own.orders.list(), own.auth.validate()];
      await new Promise((resolve) => { setImmediate(resolve); });
      assert.deepEqual([asked, mock.requests.length], [1, 0]);
      answer(TEST_KEYS.full);
      await Promise.all(calls);
      assert.equal(asked, 1);
      const last = own.auth.validate();
      await new Promise((resolve) => { setImmediate(resolve); });
      answer(TEST_KEYS.full);
      await last;
      assert.equal(asked, 2);
    });

    test("one caller that leaves does not take the answer from the others", async (t) => {
      const { client } = await serve(t);
      let answer;
      const own = client({ apiKey: () => new Promise((resolve) => { answer = resolve; }) }, copy);
      const controller = new AbortController();
      const leaving = rejection(own.get(PATH, { signal: controller.signal }));
      const staying = own.get(PATH);
      await new Promise((resolve) => { setImmediate(resolve); });
      controller.abort("left");
      assert.equal(await leaving, "left");
      answer(TEST_KEYS.full);
      assert.equal((await staying).total, 25);
    });

    for (const method of ["GET", "POST"]) {
      test(`after a 401 another key is tried once: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const apiKey = series(TEST_KEYS.expired, TEST_KEYS.full);
        const { attempts } = await client({ apiKey }, copy).request(method, PATH, method === "POST" ? { body: {} } : {});
        assert.deepEqual(sentKeys(mock), [TEST_KEYS.expired, TEST_KEYS.full]);
        assert.deepEqual(attempts.map(({ status }) => status), [401, method === "POST" ? 201 : 200]);
        assert.equal(apiKey.asked, 2);
      });

      test(`the same key is not: ${method}`, async (t) => {
        const { mock, client } = await serve(t);
        const apiKey = series(TEST_KEYS.expired);
        const error = await rejection(client({ apiKey }, copy).request(method, PATH, method === "POST" ? { body: {} } : {}));
        assert.equal(mock.requests.length, 1);
        assert.equal(apiKey.asked, 2);
        assertFields(assert, error, { name: "AuthenticationError", stoppedBy: "not_retryable", mayHaveBeenApplied: false });
      });
    }

    test("a third key is not tried", async (t) => {
      const { mock, client } = await serve(t);
      const error = await rejection(client({ apiKey: series(TEST_KEYS.expired, TEST_KEYS.revoked, TEST_KEYS.full) }, copy).get(PATH));
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
      ["throws", () => { throw cause; }, cause],
      ["rejects", () => Promise.reject(cause), cause],
      ["throws a string", () => { throw "closed"; }, "closed"],
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
      const [attempt, deadline] = await Promise.all([rejection(own.post(PATH, { timeoutMs: 100, body: {} })), rejection(own.get(PATH, { deadlineMs: 100 }))]);
      // Nothing was sent, so that even a POST cannot have been applied.
      assertFields(assert, attempt, { name: "TimeoutError", scope: "attempt", mayHaveBeenApplied: false });
      assertFields(assert, deadline, { name: "TimeoutError", scope: "deadline" });
      for (const { attempts } of [attempt, deadline]) for (const { sent } of attempts) assert.equal(sent, false);
      assert.equal(mock.requests.length, 0);
    });
  });
}
