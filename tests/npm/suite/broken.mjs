// The checks that break the module. They are run one after the other when nothing else is under way: all clients of a program
// share the module.

import { equal, ok, rejection } from "./expect.mjs";

const ORDERS = "/api/v1/orders";
const answer = async () => new Response('{"items":[],"total":7}', { headers: { "content-type": "application/json" } });
/** So many calls deep from its end the stack is full enough for a call to fail, and empty enough for one to succeed. */
const LEVELS = 1000;
const STEP = 20;

export const ALONE = {
  async "a failure of the module is told, and the next call works"({ client, isOpenProspectError }) {
    const one = client("list", { fetch: answer });
    const { random } = Math;
    Math.random = () => {
      throw new Error("no chance");
    };
    const error = await rejection(one.get(ORDERS)).finally(() => {
      Math.random = random;
    });
    ok(isOpenProspectError(error, "internal"), `${error?.name}: ${error?.message}`);
    equal(error.message, `GET ${ORDERS} → the client itself failed: no chance`, "the message");
    equal((await one.get(ORDERS)).total, 7, "the next call");
    equal((await client("list", { fetch: answer }).get(ORDERS)).total, 7, "a call of the next client");
    one.free();
  },

  async "the stack is full: each call ends, and the next one works"({ client, isOpenProspectError }) {
    const one = client("list", { fetch: answer, deadlineMs: 2000 });
    const calls = whereTheStackEnds(() => one.get(ORDERS));
    const ends = await Promise.all(
      calls.map((call) =>
        call.then(
          () => "a result",
          (error) => nameOf(error, isOpenProspectError),
        ),
      ),
    );
    // WebKit leaves a promise unsettled for ever when its function has no room to settle it: then the time is up one day.
    const others = ends.filter((end) => !["a result", "internal", "timeout", "the platform's own"].includes(end));
    equal(others, [], "other ends");
    ok(ends.includes("a result") && ends.some((end) => end !== "a result"), [...new Set(ends)].join(", "));
    equal((await one.get(ORDERS)).total, 7, "the next call");
  },
};

/** The kind of an error of ours; the platform's own is a RangeError, which Firefox calls InternalError. */
function nameOf(error, isOpenProspectError) {
  if (isOpenProspectError(error)) return error.kind;
  return /stack|recursion/i.test(error?.message) ? "the platform's own" : `${error?.name}: ${error?.message}`;
}

/** Makes a call where the stack ends, and on the way back up, with more room each time. What is thrown is a rejection. */
function whereTheStackEnds(run) {
  const calls = [];
  let levels = 0;
  // What is at the end of a function is no call deeper to WebKit, hence the try.
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
