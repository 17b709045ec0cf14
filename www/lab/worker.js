// A run, on a thread of its own, so that the load does not slow down the charts.

import { seededRandom } from "./random.js";
import { serverOf } from "./server.js";
import { clientSide, loopSide } from "./sides.js";

/**
 * @typedef {import("./events.js").Settings} Settings
 * @typedef {import("./events.js").Emit} Emit
 * @typedef {import("./events.js").Side} Side
 */

/** Events are posted in batches: one message for each would be a load of its own. */
const BATCH_MS = 20;
/** @type {[Side, typeof clientSide][]} */
const SIDES = [
  ["client", clientSide],
  ["loop", loopSide],
];

addEventListener("message", ({ data: settings }) => run(settings), { once: true });

/** @param {import("./events.js").Message} message */
const post = (message) => postMessage(message);

/** @param {Settings} settings */
async function run(settings) {
  // The client's jitter comes from `Math.random`: with the seed it is reproducible.
  Math.random = seededRandom(settings.seed);
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  /** @type {import("./events.js").RunEvent[]} */
  let batch = [];
  const flush = () => {
    if (batch.length > 0) post({ events: batch });
    batch = [];
  };
  const timer = setInterval(flush, BATCH_MS);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), settings.ends * 1000);
  post({ started: true });
  /** @param {Date} date */
  const timeOf = (date) => date.getTime() - (performance.timeOrigin + startedAt);
  await Promise.all(
    SIDES.map(async ([side, callerOf]) => {
      /** @type {Emit} */
      const emit = (event) => batch.push({ side, at: now(), ...event });
      const caller = callerOf(settings, serverOf(settings, now, emit), emit, timeOf);
      await runCalls(settings, caller, emit, abort.signal);
      emit({ kind: "over" });
    }),
  );
  clearInterval(timer);
  flush();
  post({ endedAt: now() });
}

/**
 * Makes all calls, up to `together` of them concurrently.
 *
 * @param {Settings} settings
 * @param {import("./events.js").Caller} caller
 * @param {Emit} emit
 * @param {AbortSignal} signal
 */
async function runCalls({ calls, together }, caller, emit, signal) {
  let next = 0;
  const worker = async () => {
    while (next < calls) {
      const call = next;
      next += 1;
      if (signal.aborted) return;
      emit({ kind: "started", call });
      /** @type {{ok: boolean, error?: string}} */
      const result = await caller(call, signal).then(
        () => ({ ok: true }),
        (error) => ({ ok: false, error: error.name }),
      );
      // A call that the end of the run aborts did not fail by itself.
      if (signal.aborted && !result.ok) emit({ kind: "done", call, ok: false, isCutOff: true });
      else emit({ kind: "done", call, ...result });
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, calls) }, worker));
}
