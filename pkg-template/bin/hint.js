// What would have let a command wait for longer, in the command's own options.

import { isOpenProspectError } from "./package.js";
import { WAIT_UP_TO, waitUpToMs } from "./wait-up-to.js";

/** @type {[unit: string, ms: number][]} */
const UNITS = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];
/** Room for the jitter of a wait. */
const ROOM = 1.1;
/** The time that is proposed if the server does not advise one. */
const PROPOSED_MS = 2 * 3_600_000;

/**
 * A time that `--wait-up-to` accepts, at least as long as `ms`.
 *
 * @param {number} ms
 */
function timeOf(ms) {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ?? ["s", 1000];
  return `${Math.ceil(ms / size)}${unit}`;
}

/**
 * The hint for an error that a limit, a deadline or the number of attempts has ended; `undefined` for any other.
 *
 * @param {unknown} error
 * @param {import("./args.js").Values} values
 * @param {boolean} canWait whether the command has the option `--wait-up-to`
 */
export function waitingHint(error, values, canWait) {
  if (!isOpenProspectError(error)) return undefined;
  const { stoppedBy, retryable, retryAfterMs = 0 } = error;
  const isDeadline = isOpenProspectError(error, "timeout") && error.scope === "deadline";
  if (isDeadline || (stoppedBy === "deadline" && retryable)) return "--deadline none waits longer";
  if (!retryable || stoppedBy === undefined) return undefined;
  if (stoppedBy === "attempts" && values.retries !== undefined)
    return canWait ? "omit --retries to wait longer" : `--retries ${values.retries + 5} --deadline none waits longer`;
  if (stoppedBy === "retry_after" && !canWait) return "run the command again after that time";
  if (stoppedBy === "attempts" && !canWait) return "--retries 8 --deadline none waits longer";
  if (!canWait || !["attempts", "retry_after", "give_up_after"].includes(stoppedBy)) return undefined;
  const time = Math.max(2 * waitUpToMs(values), ROOM * retryAfterMs, 1000);
  return `--${WAIT_UP_TO.name} ${timeOf(time > 1000 ? time : PROPOSED_MS)} waits longer`;
}
