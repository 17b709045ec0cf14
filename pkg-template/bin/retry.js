// Sends a request that writes until it is accepted: the client itself does not repeat it, since before a repetition the
// command checks what a request of unknown outcome has done.

import { setTimeout as sleep } from "node:timers/promises";
import { callOptions } from "./client.js";
import { isOpenProspectError } from "./package.js";
import { reasonOf } from "./progress.js";
import { waitUpToMs } from "./wait-up-to.js";

const BACKOFF_BASE_MS = 1000;
const BACKOFF_MAX_MS = 30_000;
/** Jitter of an advised wait. */
const MAX_JITTER_MS = 2000;
const JITTER_SHARE = 0.1;
/** Timers fire at once if their time is longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @typedef {import("./package.js").CallOptions} CallOptions */

/**
 * A request that writes. `send` and `check` get the options of their calls; `check` is called after a request of
 * unknown outcome, waits for the server, and returns whether the request is done, done in part or not at all.
 *
 * @typedef {object} Write
 * @property {(options: CallOptions) => Promise<void>} send
 * @property {(options: CallOptions) => Promise<"done" | "progress" | "unchanged">} check
 */

/**
 * @param {import("./args.js").Values} values
 * @param {AbortSignal} signal
 * @param {(until: number, why: string) => void} onWait
 * @returns {(write: Write) => Promise<void>}
 */
export function createWriter(values, signal, onWait) {
  const waitUpTo = waitUpToMs(values);
  const maxRetries = values.retries ?? (waitUpTo === 0 ? 0 : Infinity);
  const { deadlineMs } = callOptions(values, {});

  return async function write({ send, check }) {
    const began = performance.now();
    const remaining = () => (deadlineMs ? Math.max(1, deadlineMs - (performance.now() - began)) : undefined);
    /** @type {number | undefined} */
    let failingSince;
    let failures = 0;
    for (;;) {
      /** @type {import("../../pkg/index.js").OpenProspectError} */
      let failure;
      try {
        return await send({ maxRetries: 0, ...(deadlineMs && { deadlineMs: remaining() }) });
      } catch (error) {
        signal.throwIfAborted();
        if (!isOpenProspectError(error) || !error.retryable || error.stoppedBy !== "attempts") throw error;
        failure = error;
      }
      failures += 1;
      failingSince ??= performance.now();
      const wait = waitAfter(failure, failures);
      const left = waitUpTo - (performance.now() - failingSince);
      const isTooLong = waitUpTo > 0 && wait > left;
      if (failures > maxRetries || isTooLong || wait >= (remaining() ?? Infinity)) throw failure;
      onWait(Date.now() + wait, reasonOf(failure.attempts?.at(-1) ?? {}));
      await pause(wait, signal);
      if (!failure.mayHaveBeenApplied) continue;
      const limits = {
        ...(waitUpTo > 0 && { giveUpAfterMs: Math.max(0, left - wait) }),
        ...(deadlineMs && { deadlineMs: remaining() }),
      };
      const state = await check(limits).catch((error) => {
        // The server is still not available: the error of the request itself tells what may have been applied.
        throw isOpenProspectError(error) && error.retryable && !signal.aborted ? failure : error;
      });
      if (state === "done") return;
      if (state === "progress") [failingSince, failures] = [undefined, 0];
    }
  };
}

/**
 * The wait before a request is sent again: as advised, or an exponential backoff.
 *
 * @param {{ retryAfterMs?: number }} error
 * @param {number} failures
 */
function waitAfter({ retryAfterMs }, failures) {
  if (retryAfterMs !== undefined)
    return retryAfterMs + Math.random() * Math.min(JITTER_SHARE * retryAfterMs, MAX_JITTER_MS);
  return Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (failures - 1));
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 */
export async function pause(ms, signal) {
  const ends = performance.now() + ms;
  for (let left = ms; left > 0; left = ends - performance.now())
    await sleep(Math.min(left, MAX_TIMER_MS), undefined, { signal });
}
