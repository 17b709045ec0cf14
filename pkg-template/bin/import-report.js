// What an import reports: the rejected rows, how to resume it, and its summary.

import { open } from "node:fs/promises";
import { csvCell, csvLine } from "./csv.js";
import { FIELDS } from "./entries.js";
import { openRegular, REPLACE } from "./files.js";

/** Maximum number of rejected rows that are printed one by one, and that the JSON report contains. */
const SHOWN = 20;
const KEPT = 10_000;
/** Line number of the first row after the header. */
const FIRST_LINE = 2;

/** @typedef {import("./output.js").Output} Output */
/** @typedef {Awaited<ReturnType<typeof createReport>>} Report */

/**
 * The state of an import: the options with what was done so far. `already` counts the rows that the blacklist already
 * contains; `last` is the line of the last row that was sent.
 *
 * @typedef {import("./args.js").Values & {
 *   accepted: number, already: number, last: number, entries: object[], blacklist?: string
 * }} Job
 */

/**
 * A device or a file descriptor of the shell (`/dev/stderr`, `>(gzip …)`) is opened directly.
 *
 * @param {string} path
 */
const openReport = (path) => (path.startsWith("/dev/") ? open(path, "w") : openRegular(path, REPLACE));

/**
 * @param {string | undefined} path
 * @param {boolean} escapesFormulas
 * @param {Output} output
 */
export async function createReport(path, escapesFormulas, { note }) {
  const handle = path === undefined ? undefined : await openReport(path);
  await handle?.writeFile(csvLine(["line", "why", ...FIELDS]));
  /** @type {{ line: number, why: string }[]} */
  const rows = [];
  let count = 0;
  return {
    rows,
    duplicates: 0,
    get count() {
      return count;
    },
    /** @param {number} line */
    duplicate(line) {
      this.duplicates += 1;
      if (this.duplicates <= SHOWN) note(`line ${line}: duplicate of an earlier row, not sent again`);
    },
    /**
     * @param {{ line: number, entry: Record<string, string> }} row
     * @param {string} why
     */
    async add({ line, entry }, why) {
      count += 1;
      if (count <= SHOWN) note(`line ${line}: ${why}`);
      if (rows.length < KEPT) rows.push({ line, why });
      // The reason contains a message of the server and is for people: it is always escaped.
      await handle?.writeFile(
        csvLine([
          String(line),
          csvCell(why, true),
          ...FIELDS.map((name) => csvCell(entry[name] ?? "", escapesFormulas)),
        ]),
      );
    },
    async close() {
      const where = path === undefined ? "; --refused FILE saves all of them" : ` in ${path}`;
      if (count > SHOWN) note(`… and ${count - SHOWN} more rejected rows${where}`);
      await handle?.close();
    },
  };
}

/**
 * Prints how to resume an import, wherever it stopped.
 *
 * @param {any} error
 * @param {Job} job
 * @param {AbortSignal} signal
 * @param {Output} output
 */
export function reportStop(
  error,
  { last, accepted, blacklist, "from-line": from = FIRST_LINE, "dry-run": isDry },
  signal,
  { note },
) {
  if (isDry) return;
  const next = last > 0 ? last + 1 : from;
  if (blacklist === undefined) note(`Nothing was sent. To resume: --from-line ${next}`);
  else
    note(
      `${accepted} rows are in blacklist ${blacklist}${last > 0 ? `, up to line ${last}` : ""}. ` +
        `To resume: --blacklist ${blacklist} --from-line ${next}`,
    );
  if (error.mayHaveBeenApplied || signal.aborted)
    note("The rows of the last request may be in it as well: the next run does not send those again.");
}

/**
 * @param {Job} job
 * @param {Report} report
 * @param {Output} output
 */
export async function summarize({ accepted, already, blacklist, entries, "dry-run": isDry }, report, output) {
  if (output.json) {
    const counts = {
      blacklist_id: blacklist ?? null,
      accepted,
      refused: report.count,
      duplicates: report.duplicates,
      already_there: already,
    };
    return output.value({ ...counts, refused_rows: report.rows, ...(isDry && { entries }) });
  }
  if (isDry) {
    for (const { line, ...entry } of /** @type {Record<string, unknown>[]} */ (entries.slice(0, SHOWN)))
      await output.line(
        `line ${line}: ${Object.entries(entry)
          .map(([name, text]) => `${name} ${JSON.stringify(text)}`)
          .join(", ")}`,
      );
    if (entries.length > SHOWN) await output.line(`… and ${entries.length - SHOWN} more; --json prints all of them`);
  }
  const where = isDry
    ? "would be sent"
    : blacklist === undefined
      ? "accepted: nothing was sent"
      : `accepted into blacklist ${blacklist}`;
  const omitted = [
    { count: report.duplicates, why: "repeated in the file" },
    { count: already, why: "already in the blacklist" },
  ]
    .filter(({ count }) => count > 0)
    .map(({ count, why }) => `, ${count} ${why}`);
  return output.line(`${accepted} rows ${where}, ${report.count} rejected${omitted.join("")}.`);
}
