// A call's turn reaches the very call, whatever happens in the same moment: a turn that reached another one, or nobody, would
// leave a call that never ends.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COPIES, QUICK, rejection, until } from "../helpers/setup.mjs";

const PATH = "/api/v1/orders";
/** Requests out at once at first. */
const WINDOW = 4;

/** The program is busy, so that timers are late. */
function busy(ms) {
  for (const end = performance.now() + ms; performance.now() < end; );
}

for (const [how, copy] of COPIES) {
  /** A server in memory that answers when it is told to. */
  function held() {
    const open = [];
    const fetch = (url, { signal }) =>
      new Promise((resolve, reject) => {
        open.push(() => resolve(new Response("{}")));
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK });
    /** Until all calls have ended. */
    async function release(calls) {
      const ended = Promise.allSettled(calls);
      let isOver = false;
      ended.then(() => {
        isOver = true;
      });
      await until(() => {
        for (const answer of open.splice(0)) answer();
        return isOver;
      }, "every call has ended");
      return (await ended).map(({ status }) => status);
    }
    return { client, release };
  }

  describe(how, () => {
    test("a call that begins while another's deadline passes in the queue takes nothing from it", async () => {
      const { client, release } = held();
      const out = Array.from({ length: WINDOW }, () => client.get(PATH));
      const late = rejection(client.get(PATH, { deadlineMs: 30 }));
      busy(60);
      const after = Array.from({ length: 3 }, () => client.get(PATH));
      assert.deepEqual(await release([...out, ...after]), Array(WINDOW + 3).fill("fulfilled"));
      const { name, scope } = await late;
      assert.deepEqual([name, scope], ["TimeoutError", "deadline"]);
    });

    test("a turn that comes while a handler is told is not lost", async () => {
      let answers = 0;
      const calls = [];
      const fetch = async () =>
        new Response("{}", (answers += 1) === 1 ? { status: 429, headers: { "retry-after": "0.1" } } : {});
      const onEvent = ({ type }) => {
        if (type !== "resumed") return;
        busy(300);
        calls.push(client.get(PATH));
      };
      const client = new copy.OpenProspect({ apiKey: "lnc_test_a", fetch, ...QUICK, onEvent });
      calls.push(client.get(PATH));
      await until(() => answers === 1, "the refusal");
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      busy(200);
      calls.push(client.get(PATH));
      const patience = new Promise((resolve) => {
        setTimeout(resolve, 2 * QUICK.deadlineMs, "not all have ended").unref();
      });
      assert.equal(calls.length, 3, "the handler is told");
      assert.deepEqual(await Promise.race([Promise.all(calls), patience]), [{}, {}, {}]);
    });
  });
}
