// `--wait-up-to TIME`: how long batch work waits for a rate limit or an outage before it fails.

import { Usage } from "./failure.js";
import { milliseconds } from "./time.js";

const DEFAULT = "4h";

/** @type {import("./args.js").Spec} */
export const WAIT_UP_TO = {
  name: "wait-up-to",
  kind: "string",
  value: "TIME",
  doc:
    "wait for rate limits and outages, up to this long without any success " +
    `(default ${DEFAULT}); 0 fails at the first one, none waits without a limit`,
};

/**
 * The time in milliseconds: 0 to fail at once, the largest number for no limit.
 *
 * @param {import("./args.js").Values} values
 */
export function waitUpToMs({ [WAIT_UP_TO.name]: time = DEFAULT }) {
  return Math.min(milliseconds(WAIT_UP_TO.name, time) ?? Infinity, Number.MAX_SAFE_INTEGER);
}

/**
 * Options of a client, or of its calls, for batch work. A call has no deadline unless `--deadline` sets one.
 *
 * @param {import("./args.js").Values} values
 */
export function batchOptions(values) {
  const time = waitUpToMs(values);
  return time === 0
    ? { deadlineMs: null, maxRetries: 0, maxRetryAfterMs: 0 }
    : { batch: true, giveUpAfterMs: time, maxRetryAfterMs: time };
}

/**
 * Rejects the option where a command is not batch work.
 *
 * @param {import("./args.js").Values} values
 * @param {string} required the option that makes it batch work
 */
export function rejectWaitUpTo(values, required) {
  if (values[WAIT_UP_TO.name] !== undefined) throw new Usage(`--${WAIT_UP_TO.name} requires --${required}.`);
}
