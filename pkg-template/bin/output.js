// Results on stdout, messages on stderr.

import { checkDepth } from "./failure.js";
import { createTable, recordLines } from "./table-view.js";
import * as terminal from "./terminal.js";

/** Number of rows that determine the column widths of a table. */
const SAMPLE = 100;

/** @typedef {ReturnType<typeof createOutput>} Output */

/** @param {{ json: boolean, color: boolean | undefined }} options */
export function createOutput({ json, color }) {
  const style = terminal.stdoutStyle(color);
  const width = terminal.stdoutIsTerminal() ? terminal.stdoutColumns() : Infinity;
  /** @param {string} text */
  const line = (text) => terminal.lines([text]);
  const { note } = terminal;

  /**
   * Prints a value for programs or for people.
   *
   * @param {any} data
   * @param {boolean} [hasAll] whether the command has the option --all
   */
  async function value(data, hasAll = false) {
    if (data === undefined) return;
    checkDepth(data);
    if (json) return terminal.json(data, 2);
    if (typeof data !== "object" || data === null) return terminal.data(String(data));
    const list = Array.isArray(data) ? data : data.items;
    if (
      !Array.isArray(list) ||
      !list.every((item) => typeof item === "object" && item !== null && !Array.isArray(item))
    ) {
      return terminal.lines(recordLines(data, style));
    }
    await rows(list);
    if (data.total > list.length)
      note(
        `${list.length} of ${data.total}` +
          `${data.offset > 0 ? `, from ${data.offset}` : ""}${hasAll ? "; --all shows all" : ""}`,
      );
  }

  /**
   * Prints items as they arrive: as a table, or as one JSON line each.
   *
   * @param {Iterable<unknown> | AsyncIterable<unknown>} items
   */
  async function rows(items) {
    if (json) {
      for await (const item of items) {
        checkDepth(item, "An item of the list");
        await terminal.json(item);
      }
      return;
    }
    /** @type {ReturnType<typeof createTable> | undefined} */
    let table;
    /** @type {unknown[]} */
    const sample = [];
    const begin = async () => {
      const created = createTable(sample, width);
      if (sample.length > 0) await line(style.bold(created.head));
      for (const item of sample.splice(0)) await line(created.row(item));
      return created;
    };
    for await (const item of items) {
      checkDepth(item, "An item of the list");
      if (table !== undefined) await line(table.row(item));
      else if (sample.push(item) === SAMPLE) table = await begin();
    }
    table ??= await begin();
    if (table.head === "") note("none");
    else if (table.hidden.length > 0) note(`not shown: ${table.hidden.join(", ")}; --json shows all`);
  }

  return {
    json,
    style,
    errorStyle: terminal.stderrStyle(color),
    isWatched: terminal.stderrIsTerminal(),
    line,
    note,
    value,
    rows,
  };
}
