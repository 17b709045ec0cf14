// Many calls at once, each with a number that is sent to the server.

import { setTimeout as sleep } from "node:timers/promises";

/**
 * @typedef {{
 *   ok: number, failed: number, unfinished: number, lastOkMs: number | null, endMs: number | null,
 *   reasons: Record<string, number>,
 * }} Outcome
 */

export async function burst(get, { calls, limitMs }) {
  const start = performance.now();
  /** @type {Outcome} */
  const outcome = { ok: 0, failed: 0, unfinished: calls, lastOkMs: null, endMs: null, reasons: {} };
  const one = async (call) => {
    try {
      await get(`/api/v1/orders/1?call=${call}`);
      outcome.ok += 1;
      outcome.lastOkMs = performance.now() - start;
    } catch (error) {
      outcome.failed += 1;
      const reason = `${error?.name} ${statusOf(error) ?? ""}`.trim();
      outcome.reasons[reason] = (outcome.reasons[reason] ?? 0) + 1;
    }
    outcome.unfinished -= 1;
    outcome.endMs = performance.now() - start;
  };
  const all = Promise.all(Array.from({ length: calls }, (_, call) => one(call)));
  await Promise.race([all, sleep(limitMs, undefined, { ref: false })]);
  // A copy: calls that end later do not count.
  return { ...outcome };
}

/** Each client has a different property for the status. */
const statusOf = (error) =>
  error?.status ?? error?.response?.status ?? error?.response?.statusCode ?? error?.statusCode;
