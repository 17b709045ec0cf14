// Runs the rows of the table, and prints it as Markdown.

import { describeGoal, missed } from "./goals.mjs";
import { GROUPS } from "./rows.mjs";

/** @import { Result } from "./play.mjs" */
/** @import { Row } from "./rows.mjs" */

/** Each row is run with each of these seeds. */
export const SEEDS = [1, 2, 3];

/** @type {[string, (result: Result) => number, number][]} the head, the value, and the decimal places */
const COLUMNS = [
  ["done after, min", ({ minutes }) => minutes, 1],
  ["requests", ({ requests }) => requests, 0],
  ["per success", ({ requests, successes }) => requests / successes, 2],
  ["429s", ({ refusals }) => refusals, 0],
];
/** @type {typeof COLUMNS} the interactive calls */
const INTERACTIVE = [
  ["interactive p95, s", ({ interactive }) => interactive.p95Ms / 1000, 1],
  ["longest, s", ({ interactive }) => interactive.longestMs / 1000, 1],
  ["failed", ({ interactive }) => interactive.failed, 0],
];
const HEAD = ["", ...[...COLUMNS, ...INTERACTIVE].map(([head]) => head), "other failures", "goal"];

/** @param {string[]} cells */
const line = (cells) => `| ${cells.join(" | ")} |`;

/**
 * The results of a row, one of each seed.
 *
 * @param {Row} row
 */
export async function resultsOf({ scenario, options }) {
  const results = [];
  for (const seed of SEEDS) results.push(await scenario({ ...options, seed }));
  return results;
}

/**
 * A line of the table: the worst of the results.
 *
 * @param {Row} row
 * @param {Result[]} results
 */
export function formatRow({ name, goal }, results) {
  /** @param {(result: Result) => number} measure */
  const worst = (measure) => Math.max(...results.map(measure));
  /** @param {typeof COLUMNS} columns */
  const cells = (columns) => columns.map(([, measure, digits]) => worst(measure).toFixed(digits));
  const hasCalls = results.some(({ interactive }) => interactive.calls > 0);
  const problems = results.map((result) => missed(result, goal)).find((problems) => problems.length > 0);
  return line([
    name,
    ...cells(COLUMNS),
    ...(hasCalls ? cells(INTERACTIVE) : INTERACTIVE.map(() => "-")),
    String(worst(({ failures }) => failures.length)),
    problems === undefined ? describeGoal(goal) : `**missed**: ${problems.join("; ")}`,
  ]);
}

/**
 * Runs the rows whose name or group's title contains one of the names, or all rows, and prints them.
 *
 * @param {string[]} names
 * @param {(text: string) => void} print
 */
export async function printTable(names, print) {
  /** @param {string} text */
  const isWanted = (text) => names.length === 0 || names.some((name) => text.includes(name));
  for (const { title, rows } of GROUPS) {
    const wanted = rows.filter(({ name }) => isWanted(title) || isWanted(name));
    if (wanted.length === 0) continue;
    print(`### ${title}\n`);
    print(line(HEAD));
    print(line(HEAD.map(() => "---")));
    for (const row of wanted) print(formatRow(row, await resultsOf(row)));
    print("");
  }
}
