// The two streams: results on stdout, everything that is said about them on stderr.

import { once } from "node:events";
import { createTable, recordLines } from "./table-view.js";
import { styleOf } from "./style.js";

/** Rows whose widths decide those of a table. */
const SAMPLE = 100;

export function createOutput({ json, color }) {
  const { stdout, stderr } = process;
  const style = styleOf(stdout, color);
  const width = stdout.isTTY ? (stdout.columns ?? 80) : Infinity;

  /** Waits while whoever reads is slower, so that a long list needs no memory. */
  async function write(text) {
    if (!stdout.write(text)) await once(stdout, "drain");
  }
  const line = (text) => write(`${text}\n`);
  const note = (text) => stderr.write(`${text}\n`);

  /** A value as programs or as people read it. */
  async function value(data, hasAll = false) {
    if (data === undefined) return;
    if (json) return line(JSON.stringify(data, null, stdout.isTTY ? 2 : undefined));
    if (typeof data !== "object" || data === null) return line(String(data));
    const list = Array.isArray(data) ? data : data.items;
    if (!Array.isArray(list) || !list.every((item) => typeof item === "object" && item !== null && !Array.isArray(item))) {
      return line(recordLines(data, style).join("\n"));
    }
    await rows(list);
    if (data.total > list.length) note(`${list.length} of ${data.total}${data.offset > 0 ? `, from ${data.offset}` : ""}${hasAll ? "; --all shows all" : ""}`);
  }

  /** Items as they come: a table, or one JSON line each. */
  async function rows(items) {
    if (json) {
      for await (const item of items) await line(JSON.stringify(item));
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
      if (table !== undefined) await line(table.row(item));
      else if (sample.push(item) === SAMPLE) await begin();
    }
    if (table === undefined) await begin();
    if (table.head === "") note("none");
    else if (table.hidden.length > 0) note(`not shown: ${table.hidden.join(", ")}; --json shows all`);
  }

  return { json, style, errorStyle: styleOf(stderr, color), write, line, note, value, rows };
}

/** Whoever reads has enough, as `head` does: that is no error. */
export function endQuietly() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
}
