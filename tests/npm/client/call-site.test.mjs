// The stack of an error begins at the caller's line.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, rejection, serve, thrown } from "../helpers/setup.mjs";

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
const MISUSES = {
  request: (client) => client.request("FETCH", "/"),
  get: (client) => client.get("orders"),
  "orders.get": (client) => client.orders.get(""),
};

/** The first frame is that of a function of this file, by its name; returns all frames. */
function assertBegins(error, caller) {
  const [first, ...frames] = error.stack.split("\n");
  assert.equal(first, `${error.name}: ${error.message}`);
  const [, name, file] = /^ +at (?:Object\.)?(\S+) \((\S+?):\d+:\d+\)$/.exec(frames[0]) ?? assert.fail(error.stack);
  assert.deepEqual([name, file], [caller, import.meta.url]);
  return frames;
}

for (const [how, copy] of COPIES) {
  describe(how, () => {
    for (const [name, call] of Object.entries(CALLS)) {
      test(`${name}, refused by the server`, async (t) => {
        const { mock, client } = await serve(t);
        mock.fail({ status: 400, name: "bad" });
        assertBegins(await rejection(call(client({}, copy))), name);
      });
    }

    for (const [name, call] of Object.entries(MISUSES)) {
      test(`${name}, with a wrong argument`, async (t) => {
        const { client } = await serve(t);
        assertBegins(await rejection(call(client({}, copy))), name);
      });
    }

    test("a failure after a wait", async (t) => {
      const { mock, client } = await serve(t);
      mock.fail(503, { reset: "headers" }, 404);
      assertBegins(await rejection(CALLS.get(client({}, copy))), "get");
    });

    test("the constructor", () => {
      function callerOfIt() {
        new copy.OpenProspect({ nope: 1 });
      }
      assertBegins(thrown(callerOfIt), "callerOfIt");
    });

    test("the caller's caller follows, up to the limit that is set", async (t) => {
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
        for (const wanted of [1, 2, 3]) {
          Error.stackTraceLimit = wanted;
          const promise = outer();
          Error.stackTraceLimit = limit;
          const frames = assertBegins(await rejection(promise), "inner");
          assert.equal(frames.length, wanted);
          if (wanted > 1) assert.match(frames[1], /at middle /);
          if (wanted > 2) assert.match(frames[2], /at outer /);
        }
      } finally {
        Error.stackTraceLimit = limit;
      }
    });
  });
}
