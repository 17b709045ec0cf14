// Results on stdout, messages on stderr.

import { checkDepth } from "./failure.js";
import { createTable, recordLines } from "./table-view.js";
import * as terminal from "./terminal.js";

/** Number of rows that determine the column widths of a table. */
const SAMPLE = 100;

export function createOutput({ json, color }) {
  const style = terminal.stdoutStyle(color);
  const width = terminal.stdoutIsTerminal() ? terminal.stdoutColumns() : Infinity;
  const line = (text) => terminal.lines([text]);
  const { note } = terminal;

  /** Prints a value for programs or for people. */
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
        `${list.length} of ${data.total}${data.offset > 0 ? `, from ${data.offset}` : ""}${hasAll ? "; --all shows all" : ""}`,
      );
  }

  /** Prints items as they arrive: as a table, or as one JSON line each. */
  async function rows(items) {
    if (json) {
      for await (const item of items) {
        checkDepth(item, "An item of the list");
        await terminal.json(item);
      }
      return;
    }
    let table;
    let sample = [];
    const begin = async () => {
      table = createTable(sample, width);
      if (sample.length > 0) await line(style.bold(table.head));
      for (const item of sample) await line(table.row(item));
      sample = [];
    };
    for await (const item of items) {
      checkDepth(item, "An item of the list");
      if (table !== undefined) await line(table.row(item));
      else if (sample.push(item) === SAMPLE) await begin();
    }
    if (table === undefined) await begin();
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
