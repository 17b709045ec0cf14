// The rows of a CSV file as blacklist entries, as far as they can be some.

import { Problem } from "./failure.js";
import { nearest } from "./suggest.js";

export const FIELDS = ["external_id", "website_url", "company_name", "city"];
/** By these a company is recognised; a city alone says nothing. */
const SIGNS = FIELDS.slice(0, 3);

/** Good rows as `{ line, entry }`; the others go to the report. */
export async function* entriesOf(rows, report, output, fromLine = 0) {
  let columns;
  for await (const { cells, line } of rows) {
    if (columns === undefined) {
      columns = columnsOf(cells, output);
      continue;
    }
    if (line < fromLine || cells.every((cell) => cell.trim() === "")) continue;
    const entry = {};
    for (const [index, name] of columns.entries()) {
      const text = cells[index]?.trim();
      if (name !== undefined && text) entry[name] = text;
    }
    const why = problemOf(entry, cells.length, columns.length);
    if (why === undefined) yield { line, entry };
    else await report.add({ line, entry }, why);
  }
  if (columns === undefined) throw new Problem("The file is empty.", { exit: 5 });
}

function columnsOf(cells, { note }) {
  const names = cells.map((cell) => cell.trim().toLowerCase().replace(/[ -]+/g, "_"));
  if (!names.some((name) => SIGNS.includes(name))) throw new Problem(`The first line must name one of ${SIGNS.join(", ")} at least.`, { exit: 5 });
  for (const name of names) {
    if (names.filter((other) => other === name).length > 1 && FIELDS.includes(name)) throw new Problem(`The first line names ${name} twice.`, { exit: 5 });
    const meant = nearest(name, FIELDS);
    if (name !== "" && !FIELDS.includes(name)) note(`the column ${JSON.stringify(name)} is left out${meant === undefined ? "" : `; did you mean ${meant}?`}`);
  }
  return names.map((name) => (FIELDS.includes(name) ? name : undefined));
}

function problemOf(entry, cells, columns) {
  if (cells > columns) return `it has ${cells} cells, the first line has ${columns}`;
  if (!SIGNS.some((name) => name in entry)) return `it has none of ${SIGNS.join(", ")}`;
  if ("website_url" in entry && !isAddress(entry.website_url)) return `website_url ${JSON.stringify(entry.website_url)} is no web address`;
  return undefined;
}

function isAddress(text) {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return !/\s/.test(text) && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) && new URL(address).hostname.includes(".");
}
