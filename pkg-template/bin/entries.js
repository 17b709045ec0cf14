// Converts the rows of a CSV file to blacklist entries and rejects invalid ones.

import { digestOf, DigestSet } from "./digest-set.js";
import { Problem, Usage } from "./failure.js";
import { didYouMean, nearest } from "./suggest.js";

export const FIELDS = ["external_id", "website_url", "company_name", "city"];
/** The fields that identify a company; a city alone does not. */
const IDENTIFYING = FIELDS.slice(0, 3);

/** @typedef {import("../../pkg/index.js").BlacklistEntry & { [field: string]: unknown }} Entry */

/**
 * A row of the file; `index` is the position among the valid rows.
 *
 * @typedef {{ line: number, entry: Record<string, string>, index: number }} EntryRow
 */

/**
 * The digest of an entry as sent: the server may add its own fields.
 *
 * @param {Entry} entry
 */
export const digestOfEntry = (entry) => digestOf(JSON.stringify(FIELDS.map((name) => entry[name] || null)));

/**
 * Yields the valid rows and reports the others.
 *
 * @param {AsyncIterable<import("./csv.js").Row>} rows
 * @param {Pick<import("./import-report.js").Report, "add" | "duplicate">} report
 * @param {import("./output.js").Output} output
 * @param {import("./args.js").Values} values
 * @returns {AsyncGenerator<EntryRow>}
 */
export async function* entriesOf(
  rows,
  report,
  output,
  { "from-line": fromLine = 0, map = [], ignore = [], "allow-duplicates": allowsDuplicates = false } = {},
) {
  const sent = new DigestSet();
  /** @type {(string | undefined)[] | undefined} */
  let columns;
  let index = 0;
  for await (const { cells, line } of rows) {
    if (columns === undefined) {
      columns = columnsOf(cells, output, map, ignore);
      continue;
    }
    if (cells.every((cell) => cell.trim() === "")) continue;
    /** @type {Record<string, string>} */
    const entry = {};
    for (const [column, name] of columns.entries()) {
      const text = cells[column]?.trim();
      if (name !== undefined && text) entry[name] = text;
    }
    const problem = problemOf(entry, cells.length, columns.length);
    if (problem === undefined && !allowsDuplicates) {
      const digest = digestOfEntry(entry);
      if (sent.has(digest)) {
        if (line >= fromLine) report.duplicate(line);
        continue;
      }
      sent.add(digest);
    }
    if (line >= fromLine) {
      if (problem === undefined) yield { line, entry, index };
      else await report.add({ line, entry }, problem);
    }
    if (problem === undefined) index += 1;
  }
  if (columns === undefined) throw new Problem("The file is empty.", { exit: 5 });
}

/** @type {Record<string, string>} Other common names of the columns that identify a company. */
const SYNONYMS = {
  website_url:
    "website web site webseite internetseite internetadresse url uri link domain domane homepage www hostname " +
    "webadresse",
  company_name:
    "company name firm firma firmenname unternehmen unternehmensname kunde kundenname organisation organization " +
    "business account customer client societe entreprise empresa azienda bedrijf",
  external_id:
    "id key uid uuid guid nr no number nummer ref reference code identifier kundennummer kundennr debitor " +
    "debitorennummer",
};
/** Before a word such as `name`, these words mean that the column is something else. */
const OTHERS = /^(?:first|last|middle|contact|user|street|city|country|state|phone|postal|zip|area)$/;

/** @param {string} cell */
const normalized = (cell) => cell.trim().toLowerCase().replace(/[ -]+/g, "_");

/**
 * The field that a column's name suggests; the last word is decisive.
 *
 * @param {string} cell
 */
function candidateOf(cell) {
  const plain = cell
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\([^)]*\)/g, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
  const words = plain.toLowerCase().match(/\p{L}+/gu) ?? [];
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const found = IDENTIFYING.find((name) =>
    SYNONYMS[name]
      .split(" ")
      .some((word) => word === words.join("") || (word === last && !words.some((other) => OTHERS.test(other)))),
  );
  const near = nearest(words.join("_"), FIELDS);
  if (found !== undefined || near === undefined || !IDENTIFYING.includes(near)) return found;
  const [lastOfField = ""] = near.split("_").slice(-1);
  return words.length === 1 || nearest(last, [lastOfField]) !== undefined ? near : undefined;
}

/**
 * The field of each column, `undefined` for a column that is ignored.
 *
 * @param {string[]} cells
 * @param {import("./output.js").Output} output
 * @param {string[]} map
 * @param {string[]} ignore
 */
function columnsOf(cells, { note }, map, ignore) {
  const names = cells.map(normalized);
  /**
   * @param {string} option
   * @param {string} column
   */
  const columnOf = (option, column) => {
    if (names.includes(normalized(column))) return normalized(column);
    throw new Usage(`${option}: unknown column ${JSON.stringify(column)}.${didYouMean(column, names)}`);
  };
  /** @type {Map<string, string | undefined>} */
  const chosen = new Map(ignore.map((column) => [columnOf("--ignore", column), undefined]));
  for (const [column, field] of map.map(mapping)) {
    const name = columnOf("--map", column);
    if (chosen.has(name)) throw new Usage(`--map and --ignore name the column ${JSON.stringify(column)} twice.`);
    chosen.set(name, field);
  }
  const fields = names.map((name) => (chosen.has(name) ? chosen.get(name) : FIELDS.includes(name) ? name : undefined));
  const ambiguous = cells
    .map((cell, at) => [cell.trim(), fields[at] ?? (chosen.has(names[at]) ? undefined : candidateOf(cell))])
    .filter(([, field], at) => field !== undefined && fields[at] === undefined);
  if (ambiguous.length > 0) {
    const hint = ambiguous
      .map(([cell, field]) => `--map ${JSON.stringify(`${cell}=${field}`)} or --ignore ${JSON.stringify(cell)}`)
      .join("; ");
    const columns = ambiguous.map(([cell]) => JSON.stringify(cell)).join(", ");
    throw new Problem(`Unrecognized in the first line, but could identify a company: ${columns}.`, { exit: 5, hint });
  }
  if (!fields.some((name) => name !== undefined && IDENTIFYING.includes(name)))
    throw new Problem(`The first line must name at least one of ${IDENTIFYING.join(", ")}.`, {
      exit: 5,
      hint: 'map a column of another name with --map "NAME=FIELD"',
    });
  for (const [at, name] of fields.entries()) {
    if (name !== undefined && fields.indexOf(name) !== at)
      throw new Problem(`The first line names ${name} twice.`, {
        exit: 5,
        hint: "exclude one with --ignore, or map it to another field with --map",
      });
    if (name !== undefined || names[at] === "" || chosen.has(names[at])) continue;
    const suggestion = nearest(names[at], FIELDS);
    const question = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
    note(`the column ${JSON.stringify(names[at])} is ignored${question}`);
  }
  return fields;
}

/**
 * Splits `Website=website_url` into the column and the field.
 *
 * @param {string} text
 */
export function mapping(text) {
  const at = text.lastIndexOf("=");
  const [column, field] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1) throw new Usage(`--map: got ${JSON.stringify(text)}; expected COLUMN=FIELD.`);
  if (!FIELDS.includes(field))
    throw new Usage(
      `--map: unknown field ${JSON.stringify(field)}.${didYouMean(field, FIELDS)}`,
      `one of ${FIELDS.join(", ")}`,
    );
  return [column, field];
}

/**
 * @param {Record<string, string>} entry
 * @param {number} cells
 * @param {number} columns
 */
function problemOf(entry, cells, columns) {
  if (cells > columns) return `it has ${cells} cells, the first line has ${columns}`;
  if (!IDENTIFYING.some((name) => name in entry)) return `it has none of ${IDENTIFYING.join(", ")}`;
  if ("website_url" in entry && !isAddress(entry.website_url))
    return `website_url ${JSON.stringify(entry.website_url)} is not a web address`;
  return undefined;
}

/** @param {string} text */
function isAddress(text) {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return (
    !/\s/.test(text) &&
    URL.canParse(address) &&
    /^https?:$/.test(new URL(address).protocol) &&
    new URL(address).hostname.includes(".")
  );
}
