// `orders wait` and `profiles wait`: print each state while they poll.

import { createClient, MOCK_POLL_MS, readOptions } from "./client.js";
import { Problem } from "./failure.js";
import { namespaceOf } from "./operation.js";
import { reasonOf } from "./progress.js";
import { fitted, widthOf } from "./text.js";
import { clock, milliseconds, spoken } from "./time.js";
import { batchOptions, WAIT_UP_TO, waitUpToMs } from "./wait-up-to.js";

/** Timers fire at once if their time is longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const STATUS_COLUMNS = 12;
const MAX_STATUS_COLUMNS = 200;

/** @type {import("./args.js").Spec[]} */
export const WAIT_OPTIONS = [
  {
    name: "poll",
    kind: "string",
    value: "TIME",
    doc: "first poll interval (default 5s), which grows to one minute",
  },
  WAIT_UP_TO,
];

/**
 * @param {import("./table.js").OperationCommand} command
 * @param {import("./table.js").Call} call
 */
export async function runWait({ row }, { values, args, output, signal }) {
  const { json, style, line, note } = output;
  // For programs the resource is the result, and the states are progress messages.
  const print = json ? note : line;
  /** @type {{ status: string, at: number } | undefined} */
  let before;
  /** @type {(void | Promise<void>)[]} */
  const printed = [];
  /** @param {string} status */
  const onStatus = (status) => {
    if (status === before?.status) return;
    const now = performance.now();
    const took =
      before === undefined
        ? ""
        : style.dim(`  ${fitted(before.status, MAX_STATUS_COLUMNS, false)} took ${spoken(now - before.at)}`);
    const columns = Math.min(Math.max(STATUS_COLUMNS, widthOf(status)), MAX_STATUS_COLUMNS);
    printed.push(print(`${style.dim(clock())}  ${style.bold(fitted(status, columns))}${took}`.trimEnd()));
    before = { status, at: now };
  };
  const { deadlineMs, timeoutMs, maxRetries } = readOptions(values, output, {});
  const pollMs = values.poll !== undefined ? milliseconds("poll", values.poll) : values.mock ? MOCK_POLL_MS : undefined;
  const began = performance.now();
  const patience = createPatience(waitUpToMs(values));
  const options = { ...batchOptions(values), timeoutMs, ...(maxRetries !== undefined && { maxRetries }) };
  const client = await createClient(values, output, { ...options, onEvent: (event) => patience.follow(event) });
  const namespace = namespaceOf(client, row);
  const resource = await patience.limit(signal, {
    wait: (ownSignal) => {
      const left = deadlineMs && Math.max(1, deadlineMs - (performance.now() - began));
      return namespace.wait(...args, { signal: ownSignal, onStatus, deadlineMs: left, pollMs });
    },
    look: () => namespace.get(...args, { signal, maxRetries: 0, maxRetryAfterMs: 0 }),
  });
  await Promise.all(printed);
  return json ? output.value(resource) : undefined;
}

/**
 * Ends the client's `wait`, which continues after every failure that may pass, once nothing has succeeded for `ms`.
 *
 * @param {number} ms
 */
function createPatience(ms) {
  let stop = new AbortController();
  /** @type {{ at: number, timer?: NodeJS.Timeout } | undefined} */
  let failing;
  /** @type {import("../../pkg/index.js").AttemptEvent | undefined} */
  let last;
  const fail = () => {
    const now = performance.now();
    failing ??= { at: now, ...(ms <= MAX_TIMER_MS && { timer: setTimeout(() => stop.abort(), ms).unref() }) };
    if (now - failing.at >= ms) stop.abort();
  };
  const succeed = () => {
    clearTimeout(failing?.timer);
    failing = undefined;
  };
  return {
    /** @param {import("../../pkg/index.js").OpenProspectEvent} event */
    follow(event) {
      if (event.type === "throttled" && ms === 0) fail();
      if (event.type !== "attempt") return;
      last = event;
      if (event.status !== undefined && event.status < 400) succeed();
      else fail();
    },
    /**
     * @template T
     * @param {AbortSignal} signal
     * @param {{ wait: (signal: AbortSignal) => Promise<T>, look: () => Promise<unknown> }} calls `look` is a single
     *   request: its error is that of the command
     * @returns {Promise<T>}
     */
    async limit(signal, { wait, look }) {
      for (;;) {
        stop = new AbortController();
        const forward = () => stop.abort(signal.reason);
        signal.addEventListener("abort", forward, { once: true });
        try {
          return await wait(stop.signal);
        } catch (error) {
          if (signal.aborted || !stop.signal.aborted) throw error;
        } finally {
          signal.removeEventListener("abort", forward);
          succeed();
        }
        await look();
        if (ms === 0 && last !== undefined)
          throw new Problem(`A poll failed (${reasonOf(last)}), and --wait-up-to is 0.`, {
            exit: last.status === 429 ? 6 : last.status === undefined ? 8 : 7,
          });
      }
    },
  };
}
