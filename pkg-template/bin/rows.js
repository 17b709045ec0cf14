// The formats of a copy: how a company is written, and which companies a part of a file has.

import { csvLine, csvRows } from "./csv.js";

/** The columns do not follow from the data: they are the same in each file. `other` is a JSON object of all other fields. */
export const COLUMNS = [
  "id", "name", "website", "city", "country", "business_type", "match_score", "review_status", "delivered_at", "prospect_search_id", "prospects", "other",
];
const OWN = COLUMNS.slice(0, -1);

const cell = (value) => (value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

function cells(company) {
  const other = Object.entries(company).filter(([name]) => !OWN.includes(name));
  return [...OWN.map((name) => cell(company[name])), other.length === 0 ? "" : JSON.stringify(Object.fromEntries(other))];
}

const csv = (escapesFormulas) => ({
  head: csvLine(COLUMNS),
  row: (company) => csvLine(cells(company), escapesFormulas),
  async *ids(pieces) {
    for await (const { cells: [id] } of csvRows(pieces, ",")) yield id;
  },
});

export const FORMATS = {
  ndjson: {
    head: "",
    row: (company) => `${JSON.stringify(company)}\n`,
    async *ids(pieces) {
      let rest = "";
      for await (const piece of pieces) {
        const lines = (rest + piece).split("\n");
        rest = lines.pop();
        for (const line of lines) yield JSON.parse(line).id;
      }
    },
  },
  csv: csv(false),
  "csv-escaped": csv(true),
};
