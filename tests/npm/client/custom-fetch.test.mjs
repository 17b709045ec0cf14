// A custom fetch that violates its contract causes a typed error: no call hangs, and no error is thrown elsewhere.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, signpost } from "../helpers/setup.mjs";

const failure = new Error("a failure");
const fail = () => {
  throw failure;
};
const headers = new Headers();

/** @param {number} status */
const consumed = async (status) => {
  const response = new Response("{}", { status });
  await response.text();
  return response;
};
/** @param {() => unknown} read */
const stream = (read) => ({ getReader: () => ({ read }) });

/**
 * The result of fetch, and the possible kinds of the error.
 *
 * @type {[what: string, result: unknown, kinds: string[]][]}
 */
const RESULTS = [
  ["undefined", undefined, ["connection"]],
  ["null", null, ["connection"]],
  ["a number", 5, ["connection"]],
  ["a string", "x", ["connection"]],
  ["an object", {}, ["connection"]],
  ["a network error", Response.error(), ["connection"]],
  ["only a status", { status: 200 }, ["connection", "decode"]],
  ["a status that is a string", { status: "200", headers }, ["connection", "decode"]],
  ["only an error status", { status: 400 }, ["connection", "bad_request"]],
  ["an error with an invalid body", { status: 400, headers, body: {} }, ["connection", "bad_request"]],
  ["an error whose reader throws", { status: 400, headers, body: stream(fail) }, ["connection", "bad_request"]],
  [
    "an error whose reader returns undefined",
    { status: 400, headers, body: stream(() => undefined) },
    ["connection", "bad_request"],
  ],
  [
    "an error whose reader returns a number",
    { status: 400, headers, body: stream(async () => ({ done: false, value: 5 })) },
    ["connection", "bad_request"],
  ],
  ["a text() that throws", { status: 200, headers, text: fail }, ["connection", "decode"]],
  ["a text() without a promise", { status: 200, headers, text: () => 5 }, ["connection", "decode"]],
  ["a text() of an object", { status: 200, headers, text: async () => ({}) }, ["connection", "decode"]],
  ["a text() of undefined", { status: 200, headers, text: async () => undefined }, ["connection", "decode"]],
  ["only json()", { ok: true, status: 200, headers, json: async () => ({}) }, ["connection", "decode"]],
  ["headers that throw", { status: 404, headers: { get: fail } }, ["connection", "not_found"]],
  [
    "a status that throws",
    {
      get status() {
        return fail();
      },
    },
    ["connection"],
  ],
  ["a consumed body", await consumed(200), ["connection", "decode"]],
  ["an error with a consumed body", await consumed(400), ["connection", "bad_request"]],
];

/**
 * Rejects if the promise does not settle: otherwise a hanging call would hang the test.
 *
 * @template T
 * @param {Promise<T>} promise
 */
async function settled(promise) {
  const { reach: expire, reached: expired } = signpost();
  const timer = setTimeout(expire, 1000);
  const late = expired.then(() => {
    throw new Error("the call hangs");
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    /** @param {() => unknown} fetch */
    const client = (fetch) => new copy.OpenProspect({ apiKey: "lnc_test_x", maxRetries: 0, fetch });

    for (const [what, result, kinds] of RESULTS) {
      for (const [form, fetch] of Object.entries({
        synchronously: () => result,
        "as a promise": async () => result,
      })) {
        test(`${what}, ${form}`, async () => {
          const error = await settled(rejection(client(fetch).get("/api/v1/orders")));
          assert.ok(copy.isOpenProspectError(error), error?.stack);
          assert.ok(kinds.includes(error.kind), error.stack);
        });
      }
    }

    for (const body of [undefined, null, { pipe: () => {} }]) {
      test(`a response whose body is ${body ? "a Node stream" : String(body)}, with text()`, async () => {
        /**
         * @param {number} status
         * @param {string} text
         */
        const answer = (status, text) =>
          client(async () => ({ status, headers, body, text: async () => text })).get("/api/v1/orders");
        assert.deepEqual(await answer(200, '{"items":[]}'), { items: [] });
        assert.equal((await rejection(answer(400, '{"code":"NO","message":"no"}'))).code, "NO");
      });
    }

    test("a fetch that throws the error of the platform", async () => {
      const lost = new TypeError("fetch failed");
      const error = await settled(
        rejection(
          client(() => {
            throw lost;
          }).get("/api/v1/orders"),
        ),
      );
      assert.deepEqual([error.name, error.cause], ["ConnectionError", lost]);
    });

    test("a fetch that throws an error of its own", async () => {
      assert.equal(await settled(rejection(client(fail).get("/api/v1/orders"))), failure);
    });

    for (const value of [
      undefined,
      null,
      5,
      "gone",
      Symbol("gone"),
      { message: 5 },
      {
        get message() {
          return fail();
        },
      },
    ]) {
      const name = typeof value === "object" ? JSON.stringify(Object.keys(value ?? {})) : String(value);
      test(`a fetch that rejects with ${name}`, async () => {
        const error = await settled(rejection(client(() => Promise.reject(value)).get("/api/v1/orders")));
        assert.deepEqual([error.name, error.kind], ["ConnectionError", "connection"]);
        assert.match(error.message, /no response/);
      });
    }
  });
}
