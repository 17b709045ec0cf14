// The results of both sides as numbers, and as one sentence each.

import { byId } from "../ui/dom.js";
import { SIDES } from "./recording.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {Record<import("./events.js").Side, Model>} Models
 */

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const NAMES = { client: "This client", loop: "The sample loop" };

/** @type {Record<string, (metrics: Model["metrics"]) => string>} */
const ROWS = {
  requests: ({ requests }) => String(requests),
  ratio: ({ requests, succeeded }) => (succeeded === 0 ? "–" : (requests / succeeded).toFixed(2)),
  "failed-attempts": ({ failedAttempts }) => String(failedAttempts),
  succeeded: ({ succeeded }) => String(succeeded),
  failed: ({ failed }) => String(failed),
  unfinished: ({ started, succeeded, failed }) => String(started - succeeded - failed),
  duration: ({ lastEnd }) => (lastEnd === 0 ? "–" : seconds(lastEnd)),
};

/** @param {Models} models */
export function showMetrics(models) {
  for (const side of SIDES) {
    for (const [name, format] of Object.entries(ROWS)) {
      const cell = byId(`${side}-${name}`);
      const text = format(models[side].metrics);
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}

/**
 * @param {Models} models
 * @param {number} calls
 */
export function summaryOf(models, calls) {
  return SIDES.map((side) => {
    const { requests, succeeded, lastEnd, failed } = models[side].metrics;
    const failures = failed > 0 ? `, ${failed} failed` : "";
    const effort = `${requests} requests in ${seconds(lastEnd)}`;
    return `${NAMES[side]}: ${succeeded} of ${calls} succeeded${failures}, with ${effort}.`;
  }).join("\n");
}
