// Converts the rows of a CSV file to blacklist entries and rejects invalid ones.

import { digestOf, DigestSet } from "./digest-set.js";
import { Problem, Usage } from "./failure.js";
import { didYouMean, nearest } from "./suggest.js";

export const FIELDS = ["external_id", "website_url", "company_name", "city"];
/** The fields that identify a company; a city alone does not. */
const SIGNS = FIELDS.slice(0, 3);

/** The digest of an entry as sent: the server may add its own fields. */
export const digestOfEntry = (entry) => digestOf(JSON.stringify(FIELDS.map((name) => entry[name] || null)));

/** Yields valid rows as `{ line, entry, index }`, counted from the beginning of the file; the others are reported. */
export async function* entriesOf(
  rows,
  report,
  output,
  { "from-line": fromLine = 0, map = [], ignore = [], "allow-duplicates": allowsDuplicates = false } = {},
) {
  const seen = new DigestSet();
  let columns;
  let index = 0;
  for await (const { cells, line } of rows) {
    if (columns === undefined) {
      columns = columnsOf(cells, output, map, ignore);
      continue;
    }
    if (cells.every((cell) => cell.trim() === "")) continue;
    const entry = {};
    for (const [index, name] of columns.entries()) {
      const text = cells[index]?.trim();
      if (name !== undefined && text) entry[name] = text;
    }
    const why = problemOf(entry, cells.length, columns.length);
    if (why === undefined && !allowsDuplicates) {
      const digest = digestOfEntry(entry);
      if (seen.has(digest)) {
        if (line >= fromLine) report.duplicate(line);
        continue;
      }
      seen.add(digest);
    }
    if (line >= fromLine) {
      if (why === undefined) yield { line, entry, index };
      else await report.add({ line, entry }, why);
    }
    if (why === undefined) index += 1;
  }
  if (columns === undefined) throw new Problem("The file is empty.", { exit: 5 });
}

/** Other common names of the columns that identify a company. */
const SYNONYMS = {
  website_url:
    "website web site webseite internetseite internetadresse url uri link domain domane homepage www hostname webadresse",
  company_name:
    "company name firm firma firmenname unternehmen unternehmensname kunde kundenname organisation organization business account customer client societe entreprise empresa azienda bedrijf",
  external_id:
    "id key uid uuid guid nr no number nummer ref reference code identifier kundennummer kundennr debitor debitorennummer",
};
/** Before a word such as `name`, these words mean that the column is something else. */
const OTHERS = /^(?:first|last|middle|contact|user|street|city|country|state|phone|postal|zip|area)$/;

const normalized = (cell) => cell.trim().toLowerCase().replace(/[ -]+/g, "_");

/** The field that a column's name suggests; the last word is decisive. */
function candidateOf(cell) {
  const plain = cell
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\([^)]*\)/g, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
  const words = plain.toLowerCase().match(/\p{L}+/gu) ?? [];
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const found = SIGNS.find((name) =>
    SYNONYMS[name]
      .split(" ")
      .some((word) => word === words.join("") || (word === last && !words.some((other) => OTHERS.test(other)))),
  );
  const near = nearest(words.join("_"), FIELDS);
  const isNear = SIGNS.includes(near) && (words.length === 1 || nearest(last, [near.split("_").at(-1)]) !== undefined);
  return found ?? (isNear ? near : undefined);
}

function columnsOf(cells, { note }, map, ignore) {
  const names = cells.map(normalized);
  const columnOf = (option, given) => {
    if (names.includes(normalized(given))) return normalized(given);
    throw new Usage(`${option}: there is no column ${JSON.stringify(given)}.${didYouMean(given, names)}`);
  };
  const chosen = new Map(ignore.map((given) => [columnOf("--ignore", given), undefined]));
  for (const [given, field] of map.map(mapping)) {
    const name = columnOf("--map", given);
    if (chosen.has(name)) throw new Usage(`The column ${JSON.stringify(given)} is given twice by --map and --ignore.`);
    chosen.set(name, field);
  }
  const fields = names.map((name) => (chosen.has(name) ? chosen.get(name) : FIELDS.includes(name) ? name : undefined));
  const open = cells
    .map((cell, at) => [cell.trim(), fields[at] ?? (chosen.has(names[at]) ? undefined : candidateOf(cell))])
    .filter(([, field], at) => field !== undefined && fields[at] === undefined);
  if (open.length > 0) {
    const hint = open
      .map(([cell, field]) => `--map ${JSON.stringify(`${cell}=${field}`)} or --ignore ${JSON.stringify(cell)}`)
      .join("; ");
    throw new Problem(
      `What the first line calls ${open.map(([cell]) => JSON.stringify(cell)).join(", ")} could identify a company, but is not recognized.`,
      { exit: 5, hint },
    );
  }
  if (!fields.some((name) => SIGNS.includes(name)))
    throw new Problem(`The first line must name one of ${SIGNS.join(", ")} at least.`, {
      exit: 5,
      hint: 'another name is given as --map "NAME=FIELD"',
    });
  for (const [at, name] of fields.entries()) {
    if (name !== undefined && fields.indexOf(name) !== at)
      throw new Problem(`The first line names ${name} twice.`, {
        exit: 5,
        hint: "leave one out with --ignore, or give it another field with --map",
      });
    if (name !== undefined || names[at] === "" || chosen.has(names[at])) continue;
    const meant = nearest(names[at], FIELDS);
    note(`the column ${JSON.stringify(names[at])} is left out${meant === undefined ? "" : `; did you mean ${meant}?`}`);
  }
  return fields;
}

/** Splits `Website=website_url` into its two parts. */
export function mapping(given) {
  const at = given.lastIndexOf("=");
  const [column, field] = [given.slice(0, at), given.slice(at + 1)];
  if (at < 1) throw new Usage(`--map takes COLUMN=FIELD, not ${JSON.stringify(given)}.`);
  if (!FIELDS.includes(field))
    throw new Usage(
      `--map: there is no field ${JSON.stringify(field)}.${didYouMean(field, FIELDS)}`,
      `one of ${FIELDS.join(", ")}`,
    );
  return [column, field];
}

function problemOf(entry, cells, columns) {
  if (cells > columns) return `it has ${cells} cells, the first line has ${columns}`;
  if (!SIGNS.some((name) => name in entry)) return `it has none of ${SIGNS.join(", ")}`;
  if ("website_url" in entry && !isAddress(entry.website_url))
    return `website_url ${JSON.stringify(entry.website_url)} is no web address`;
  return undefined;
}

function isAddress(text) {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return (
    !/\s/.test(text) &&
    URL.canParse(address) &&
    /^https?:$/.test(new URL(address).protocol) &&
    new URL(address).hostname.includes(".")
  );
}
