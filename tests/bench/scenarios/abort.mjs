// How soon an aborted call rejects, in a wait and behind one, and whether it still sends something.

import { setTimeout as sleep } from "node:timers/promises";

const CALLS = 20;
const NEXT_MS = 5;
const LONGEST_MS = 1500;

/** Aborts one call after the other, and gives a promise for the milliseconds that each took to end. */
async function aborted(calls) {
  const times = [];
  for (const { controller, ended } of calls) {
    const start = performance.now();
    controller.abort();
    const time = ended.then(() => performance.now() - start);
    times.push(Promise.race([time, sleep(LONGEST_MS, LONGEST_MS, { ref: false })]));
    await Promise.race([time, sleep(NEXT_MS, undefined, { ref: false })]);
  }
  return times;
}

function begin(get, call) {
  const controller = new AbortController();
  const state = { controller, settled: false };
  state.ended = get(`/api/v1/orders/1?call=${call}`, { signal: controller.signal })
    .then(
      () => {},
      () => {},
    )
    .finally(() => {
      state.settled = true;
    });
  return state;
}

export const abort = {
  name: "abort",
  // Without retries there is no wait.
  retriesOnly: true,
  title: "abort",
  how: ({ watchMs }) =>
    `429 + Retry-After: 1 for ever; ${CALLS} calls that wait, ${CALLS} more begun 300 ms later (a client that shares the ` +
    "limit holds them in its queue), aborted one by one after 300 ms more; " +
    `requests in the ${watchMs / 1000} s after it`,
  counted: true,
  rounds: 3,
  sizes: { full: { watchMs: 2500, limitMs: 20_000 }, quick: { watchMs: 1200, limitMs: 9_000 } },
  // A base above the second, so that a client that does not read Retry-After is in a wait too.
  settings: { retries: 8, baseMs: 2000, capMs: 5000 },
  server: () => ({ kind: "busy", hint: "header", seconds: 1 }),
  async measure({ client, size, requests }) {
    const waiting = Array.from({ length: CALLS }, (_, call) => begin(client.get, call));
    await sleep(300);
    const queued = Array.from({ length: CALLS }, (_, call) => begin(client.get, CALLS + call));
    await sleep(300);
    const over = [...waiting, ...queued].filter(({ settled }) => settled).length;
    const inWait = await aborted(waiting);
    const inQueue = await aborted(queued);
    const before = requests();
    const times = { waiting: await Promise.all(inWait), queued: await Promise.all(inQueue) };
    await sleep(size.watchMs);
    return { over, times, after: requests() - before };
  },
  figures: [
    { key: "waiting", title: "the slowest of those in a wait", unit: " ms", goal: 2 },
    { key: "queued", title: "the slowest of those begun later", unit: " ms", goal: 2 },
    { key: "after", title: "requests after it", digits: 0, goal: 0 },
  ],
  figuresOf: ({ over, times, after }) => ({
    waiting: over > 0 ? null : Math.max(...times.waiting),
    queued: over > 0 ? null : Math.max(...times.queued),
    after,
  }),
};
