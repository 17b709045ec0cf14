// All measurements, in the order of the table.

import { abort } from "./abort.mjs";
import { bodies } from "./bodies.mjs";
import { dead } from "./dead.mjs";
import { heap } from "./heap.mjs";
import { outage } from "./outage.mjs";
import { overheads } from "./overhead.mjs";
import { start } from "./start.mjs";
import { storms } from "./storms.mjs";
import { window } from "./window.mjs";

/**
 * One measurement. `metricsOf` makes the metrics from the result of the client's process, the counts of the server, and
 * the size.
 *
 * @typedef {{ key: string, title: string, unit?: string, digits?: number, goal?: number, oursOnly?: boolean }} Metric
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {(size: any) => string} how The description in the report.
 * @property {number} rounds
 * @property {Record<"full" | "quick", { limitMs: number, [setting: string]: number }>} sizes
 * @property {{ retries?: number, baseMs?: number, capMs?: number }} settings Options of the client.
 * @property {string[]} [flags] Options of Node.
 * @property {(size: any) => { kind: string, [setting: string]: any }} server The behavior of the server.
 * @property {(context: any) => Promise<object>} measure
 * @property {Metric[]} metrics
 * @property {(result: any, counts: any, size: any) => Record<string, number | null>} metricsOf
 * @property {boolean} [counted] Whether the client's process counts its requests.
 * @property {boolean} [waits] Whether clients mostly wait, so that trials may run in parallel.
 * @property {boolean} [scaled] Whether a quick run is too small for the goals.
 * @property {boolean} [alone] Whether the measuring process does not load the client.
 * @property {boolean} [retriesOnly] Whether it makes sense only for clients that retry.
 */

/** @type {Scenario[]} */
export const SCENARIOS = [...storms, window, dead, outage, ...overheads, ...bodies, heap, abort, start];

export function scenarioNamed(name) {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`unknown scenario ${name}`);
  return found;
}
