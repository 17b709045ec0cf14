// An admission always reaches its call: a lost one would leave a call that never settles.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, QUICK, rejection, turn, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
/** The initial number of concurrent requests. */
const WINDOW = 4;

/**
 * Blocks the event loop, so that timers are late.
 *
 * @param {number} ms
 */
function block(ms) {
  for (const end = performance.now() + ms; performance.now() < end; );
}

for (const [how, copy] of COPIES) {
  /** A client of a server in memory that does not respond before `release`. */
  function held() {
    /** @type {(() => void)[]} */
    const open = [];
    const fetch = (url, { signal }) =>
      new Promise((resolve, reject) => {
        open.push(() => resolve(new Response("{}")));
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK });
    /**
     * Responds until all calls have settled; their states.
     *
     * @param {Promise<unknown>[]} calls
     */
    async function release(calls) {
      const settled = Promise.allSettled(calls);
      let isSettled = false;
      settled.then(() => {
        isSettled = true;
      });
      await until(() => {
        for (const answer of open.splice(0)) answer();
        return isSettled;
      }, "every call has settled");
      return (await settled).map(({ status }) => status);
    }
    return { client, release };
  }

  describe(how, () => {
    test("a call that starts when the deadline of a queued call passes does not take its place", async () => {
      const { client, release } = held();
      const inFlight = Array.from({ length: WINDOW }, () => client.get(PATH));
      const late = rejection(client.get(PATH, { deadlineMs: 30 }));
      block(60);
      const after = Array.from({ length: 3 }, () => client.get(PATH));
      assert.deepEqual(await release([...inFlight, ...after]), Array(WINDOW + 3).fill("fulfilled"));
      const { name, scope } = await late;
      assert.deepEqual([name, scope], ["TimeoutError", "deadline"]);
    });

    test("an admission is not lost while an event handler runs", async () => {
      let answers = 0;
      /** @type {Promise<unknown>[]} */
      const calls = [];
      const fetch = async () =>
        new Response("{}", (answers += 1) === 1 ? { status: 429, headers: { "retry-after": "0.1" } } : {});
      const onEvent = ({ type }) => {
        if (type !== "resumed") return;
        block(300);
        calls.push(client.get(PATH));
      };
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK, onEvent });
      calls.push(client.get(PATH));
      await until(() => answers === 1, "the client receives a 429");
      await turn();
      block(200);
      calls.push(client.get(PATH));
      const timeout = new Promise((resolve) => {
        setTimeout(resolve, 2 * QUICK.deadlineMs, "a call is pending").unref();
      });
      assert.equal(calls.length, 3, "the handler has run");
      assert.deepEqual(await Promise.race([Promise.all(calls), timeout]), [{}, {}, {}]);
    });
  });
}
