// How soon an aborted call rejects, in a retry delay and in a queue, and whether it still sends requests.

import { setTimeout as sleep } from "node:timers/promises";

const CALLS = 20;
const NEXT_MS = 5;
const MAX_MS = 1500;

/** Aborts one call after the other, and returns promises of the ms that each took to end. */
async function aborted(calls) {
  const times = [];
  for (const { controller, ended } of calls) {
    const start = performance.now();
    controller.abort();
    const time = ended.then(() => performance.now() - start);
    times.push(Promise.race([time, sleep(MAX_MS, MAX_MS, { ref: false })]));
    await Promise.race([time, sleep(NEXT_MS, undefined, { ref: false })]);
  }
  return times;
}

function begin(get, call) {
  const controller = new AbortController();
  const state = { controller, settled: false, ended: Promise.resolve() };
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
  // Without retries there is no delay.
  retriesOnly: true,
  title: "abort",
  how: ({ watchMs }) =>
    `429 + Retry-After: 1 for every request; ${CALLS} calls that wait, ${CALLS} more begun 300 ms later ` +
    "(a client that shares the limit queues them), aborted one by one after 300 ms more; " +
    `requests in the ${watchMs / 1000} s afterwards`,
  counted: true,
  rounds: 3,
  sizes: { full: { watchMs: 2500, limitMs: 20_000 }, quick: { watchMs: 1200, limitMs: 9_000 } },
  // A base delay of more than one second, so that a client that ignores Retry-After waits too.
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
  metrics: [
    { key: "waiting", title: "slowest of the waiting calls", unit: " ms", goal: 2 },
    { key: "queued", title: "slowest of the queued calls", unit: " ms", goal: 2 },
    { key: "after", title: "requests afterwards", digits: 0, goal: 0 },
  ],
  metricsOf: ({ over, times, after }) => ({
    waiting: over > 0 ? null : Math.max(...times.waiting),
    queued: over > 0 ? null : Math.max(...times.queued),
    after,
  }),
};
