// The stack of an error starts at the call site.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, thrown } from "../helpers/setup.mjs";

/** @typedef {(client: any) => Promise<unknown>} Call */

/** @satisfies {Record<string, Call>} */
const CALLS = {
  request: (client) => client.request("GET", "/api/v1/orders"),
  get: (client) => client.get("/api/v1/orders"),
  post: (client) => client.post("/api/v1/orders", { body: {} }),
  put: (client) => client.put("/api/v1/orders", { body: {} }),
  patch: (client) => client.patch("/api/v1/orders", { body: {} }),
  delete: (client) => client.delete("/api/v1/orders"),
  "auth.validate": (client) => client.auth.validate(),
  "orders.list": (client) => client.orders.list(),
  "orders.get": (client) => client.orders.get("o_1"),
  "prospectSearches.list": (client) => client.prospectSearches.list(),
  "blacklists.list": (client) => client.blacklists.list(),
};
/** @type {Record<string, Call>} */
const INVALID_CALLS = {
  request: (client) => client.request("FETCH", "/"),
  get: (client) => client.get("orders"),
  "orders.get": (client) => client.orders.get(""),
};

/**
 * Checks that the first frame is a function of this file; all frames.
 *
 * @param {Error} error
 * @param {string} caller the name of the function
 */
function assertStartsAt(error, caller) {
  const [first, ...frames] = (error.stack ?? "").split("\n");
  assert.equal(first, `${error.name}: ${error.message}`);
  const [, name, file] = /^ +at (?:Object\.)?(\S+) \((\S+?):\d+:\d+\)$/.exec(frames[0]) ?? assert.fail(error.stack);
  assert.deepEqual([name, file], [caller, import.meta.url]);
  return frames;
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [name, call] of Object.entries(CALLS)) {
      test(`${name}, rejected by the server`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 400, name: "bad" });
        assertStartsAt(await rejection(call(client({}, copy))), name);
      });
    }

    for (const [name, call] of Object.entries(INVALID_CALLS)) {
      test(`${name}, with an invalid argument`, async (t) => {
        const { client } = await serve(t);
        assertStartsAt(await rejection(call(client({}, copy))), name);
      });
    }

    test("a failure after a wait", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(503, { reset: "headers" }, 404);
      assertStartsAt(await rejection(CALLS.get(client({}, copy))), "get");
    });

    test("the constructor", () => {
      function construct() {
        new copy.OpenProspect({ nope: 1 });
      }
      assertStartsAt(thrown(construct), "construct");
    });

    test("the frames of the callers follow, up to Error.stackTraceLimit", async (t) => {
      const { client } = await serve(t);
      const own = client({}, copy);
      const inner = () => own.get("");
      function middle() {
        return inner();
      }
      function outer() {
        return middle();
      }
      const limit = Error.stackTraceLimit;
      try {
        for (const count of [1, 2, 3]) {
          Error.stackTraceLimit = count;
          const promise = outer();
          Error.stackTraceLimit = limit;
          const frames = assertStartsAt(await rejection(promise), "inner");
          assert.equal(frames.length, count);
          if (count > 1) assert.match(frames[1], /at middle /);
          if (count > 2) assert.match(frames[2], /at outer /);
        }
      } finally {
        Error.stackTraceLimit = limit;
      }
    });
  });
}
