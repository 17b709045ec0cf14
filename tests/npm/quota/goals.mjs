// The goal of a scenario, and what of it a result misses.

/** @import { Result } from "./play.mjs" */

/**
 * Limits of a result. In any case, everything must be done and the number of requests bounded.
 *
 * @typedef {object} Goal
 * @property {number} [minutes] until everything is done
 * @property {number} [refusals] responses with 429
 * @property {number} [requests]
 * @property {number} [p95Seconds] of the interactive calls
 * @property {number} [failedPercent] of the interactive calls
 */

/** Nine failed requests for each success, and the probes of a server that is down. */
const maxRequests = (/** @type {number} */ successes) => 10 * successes + 500;

/** @param {Result["interactive"]} interactive */
export const failedPercent = ({ calls, failed }) => (calls === 0 ? 0 : (100 * failed) / calls);

/** @type {Record<keyof Goal, { measure: (result: Result) => number, unit: string }>} */
const MEASURES = {
  minutes: { measure: ({ minutes }) => minutes, unit: "min" },
  refusals: { measure: ({ refusals }) => refusals, unit: "refusals" },
  requests: { measure: ({ requests }) => requests, unit: "requests" },
  p95Seconds: { measure: ({ interactive }) => interactive.p95Ms / 1000, unit: "s interactive p95" },
  failedPercent: { measure: ({ interactive }) => failedPercent(interactive), unit: "% of interactive calls failed" },
};

/** @param {Goal} goal */
const limitsOf = (goal) => /** @type {[keyof Goal, number][]} */ (Object.entries(goal));

/** @param {number} value */
const rounded = (value) => Math.round(value * 10) / 10;

/**
 * What of a goal a result misses; empty if it reaches the goal.
 *
 * @param {Result} result
 * @param {Goal} [goal]
 */
export function missed(result, goal = {}) {
  const { failures, requests, successes } = result;
  const problems = failures.slice(0, 3);
  if (failures.length > problems.length) problems.push(`${failures.length - problems.length} more failures`);
  if (requests > maxRequests(successes)) problems.push(`${requests} requests for ${successes} successes`);
  for (const [name, limit] of limitsOf(goal)) {
    const { measure, unit } = MEASURES[name];
    const value = measure(result);
    if (value > limit) problems.push(`${rounded(value)} instead of ≤ ${limit} ${unit}`);
  }
  return problems;
}

/**
 * The goal as text.
 *
 * @param {Goal} [goal]
 */
export const describeGoal = (goal = {}) =>
  limitsOf(goal)
    .map(([name, limit]) => `≤ ${limit} ${MEASURES[name].unit}`)
    .join(", ") || "done";
