// The formats of a copy: how a company is written. Formats for people are never read back.

import { csvLine } from "./csv.js";
import { exactJson, exactText } from "./exact.js";

/**
 * The columns do not depend on the data: they are the same in each file. `other` is a JSON object of all other fields.
 */
export const COLUMNS = [
  "id",
  "name",
  "website",
  "city",
  "country",
  "business_type",
  "match_score",
  "review_status",
  "delivered_at",
  "prospect_search_id",
  "prospects",
  "other",
];
const OWN = COLUMNS.slice(0, -1);

/** @param {unknown} value */
const cell = (value) =>
  value === undefined || value === null ? "" : typeof value === "object" ? exactJson(value) : exactText(String(value));

/** @typedef {{ [field: string]: unknown }} Company a company as the server returned it */
/** @typedef {{ head: string, row: (company: Company) => string }} Format */

/** @param {Company} company */
function cells(company) {
  const other = Object.entries(company).filter(([name]) => !OWN.includes(name));
  return [...OWN.map((name) => cell(company[name])), other.length === 0 ? "" : exactJson(Object.fromEntries(other))];
}

/** @type {(escapesFormulas: boolean) => Format} */
const csv = (escapesFormulas) => ({
  head: csvLine(COLUMNS),
  row: (company) => csvLine(cells(company), escapesFormulas),
});

/** @type {Record<string, Format>} */
export const FORMATS = {
  ndjson: { head: "", row: (company) => `${exactJson(company)}\n` },
  csv: csv(false),
  "csv-escaped": csv(true),
};
