// The checks that make the WebAssembly module fail. They run one after the other, with no other call in flight, since
// all clients of a program share the module.

import { equal, ok, rejection } from "./expect.mjs";

const ORDERS = "/api/v1/orders";
const answer = async () => new Response('{"items":[],"total":7}', { headers: { "content-type": "application/json" } });
/**
 * Within this many frames from its end the stack is full enough for a call to fail, and empty enough for one to
 * succeed.
 */
const LEVELS = 1000;
const STEP = 20;

/** @type {Record<string, (tools: import("./run.mjs").Tools) => Promise<void>>} */
export const SEQUENTIAL_CHECKS = {
  async "a failure of the module is an InternalError, and the next call works"({ client, isOpenProspectError }) {
    const one = client("list", { fetch: answer });
    const { random } = Math;
    Math.random = () => {
      throw new Error("no random numbers");
    };
    const error = await rejection(one.get(ORDERS)).finally(() => {
      Math.random = random;
    });
    ok(isOpenProspectError(error, "internal"), `${error?.name}: ${error?.message}`);
    equal(error.message, `GET ${ORDERS} → the client itself failed: no random numbers`, "the message");
    equal((await one.get(ORDERS)).total, 7, "the next call");
    equal((await client("list", { fetch: answer }).get(ORDERS)).total, 7, "a call of the next client");
    one.free();
  },

  async "stack overflow: each call ends, and the next one works"({ client, isOpenProspectError }) {
    const one = client("list", { fetch: answer, deadlineMs: 2000 });
    const calls = atTheStackLimit(() => one.get(ORDERS));
    const ends = await Promise.all(
      calls.map((call) =>
        call.then(
          () => "a result",
          (error) => nameOf(error, isOpenProspectError),
        ),
      ),
    );
    // WebKit never settles a promise whose function has no stack left to settle it: then the call times out.
    const others = ends.filter((end) => !["a result", "internal", "timeout", "stack overflow"].includes(end));
    equal(others, [], "other ends");
    ok(ends.includes("a result") && ends.some((end) => end !== "a result"), [...new Set(ends)].join(", "));
    equal((await one.get(ORDERS)).total, 7, "the next call");
  },
};

/** The kind of a client's error; a stack overflow is the platform's RangeError, InternalError in Firefox. */
function nameOf(error, isOpenProspectError) {
  if (isOpenProspectError(error)) return error.kind;
  return /stack|recursion/i.test(error?.message) ? "stack overflow" : `${error?.name}: ${error?.message}`;
}

/**
 * Makes calls at the end of the stack and on the way back up, with more stack left each time. An exception is a
 * rejection.
 */
function atTheStackLimit(run) {
  const calls = [];
  let levels = 0;
  // The try prevents WebKit from making a tail call.
  const down = () => {
    try {
      down();
    } catch (full) {
      levels += 1;
      if (levels % STEP === 0) {
        try {
          calls.push(run());
        } catch (error) {
          calls.push(Promise.reject(error));
        }
      }
      if (levels < LEVELS) throw full;
    }
  };
  down();
  return calls;
}
