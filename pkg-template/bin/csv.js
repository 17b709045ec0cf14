// CSV as defined in RFC 4180, read and written in chunks.

import { pipeline, Readable } from "node:stream";
import { Parser } from "csv-parse";
import { codeOf, Problem } from "./failure.js";

/**
 * A spreadsheet treats a cell with this beginning as a formula (OWASP, CSV Injection: including full-width signs and
 * line ends).
 */
const FORMULA = /^(?!-?\d+(?:\.\d+)?$)[=+\-@\t\r\n＝＋－＠]/;

/** In characters. An unclosed quote would turn the rest of the file into one row. */
const MAX_ROW = 1024 * 1024;

/**
 * The text of a cell; a formula gets an apostrophe if formulas are escaped.
 *
 * @param {string} cell
 * @param {boolean} escapesFormulas
 */
export const csvCell = (cell, escapesFormulas) => (escapesFormulas && FORMULA.test(cell) ? `'${cell}` : cell);

/**
 * @param {string[]} cells
 * @param {boolean} [escapesFormulas]
 */
export function csvLine(cells, escapesFormulas = false) {
  const written = cells.map((cell) => {
    const text = csvCell(cell, escapesFormulas);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(",")}\r\n`;
}

/** @typedef {{ cells: string[], line: number }} Row */

/**
 * Yields the rows of a text that arrives in chunks, with the line number of each row's first line. A byte order mark is
 * dropped. CR, LF and CRLF end a line.
 *
 * @param {AsyncIterable<string>} chunks
 * @param {string} [delimiter] default: the most frequent of comma, semicolon and tab in the first line
 * @returns {AsyncGenerator<Row>}
 */
export async function* csvRows(chunks, delimiter) {
  const source = chunks[Symbol.asyncIterator]();
  const head = await readHead(source);
  let line = 1;
  const parser = new Parser({
    delimiter: delimiter ?? delimiterOf(head),
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    max_record_size: MAX_ROW,
    // The parser itself counts a CRLF between quotes as two lines. Every other line end ends a row.
    on_record(/** @type {string[]} */ cells) {
      const row = { cells, line };
      line += 1 + cells.reduce((sum, cell) => sum + (cell.match(LINE_END)?.length ?? 0), 0);
      // The declaration of the option allows rows of strings only.
      return /** @type {any} */ (row);
    },
  });
  const text = async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => source };
  };
  pipeline(Readable.from(text()), parser, () => {});
  try {
    yield* parser;
  } catch (error) {
    const message = INVALID[codeOf(error) ?? ""];
    throw message === undefined
      ? error
      : new Problem(`${message} in the row of line ${line}.`, { exit: 5, cause: error, hint: QUOTES });
  }
}

const LINE_END = /\r\n|\r|\n/g;
const QUOTES = "a cell that contains quotes must be quoted, and each quote in it doubled";
/** @type {Record<string, string>} Messages by the error code of the parser. */
const INVALID = {
  CSV_INVALID_CLOSING_QUOTE: "There is text after a closing quote",
  INVALID_OPENING_QUOTE: "There is a quote in a cell without quotes",
  CSV_QUOTE_NOT_CLOSED: "A quote is not closed",
  CSV_MAX_RECORD_SIZE: "There are more than a million characters, or a quote that is not closed,",
};

/**
 * The text up to the end of the first line, without a byte order mark.
 *
 * @param {AsyncIterator<string>} source
 */
async function readHead(source) {
  let head = "";
  for (;;) {
    const { value, done } = await source.next();
    head = (head + (value ?? "")).replace(/^\uFEFF/, "");
    if (done || head.length > MAX_ROW || /[\r\n]/.test(outsideQuotes(head))) return head;
  }
}

/** @param {string} text */
const outsideQuotes = (text) => text.replace(/"[^"]*(?:"|$)/g, "");

/** @param {string} head */
function delimiterOf(head) {
  const [first] = outsideQuotes(head).split(/[\r\n]/, 1);
  /** @param {string} sign */
  const count = (sign) => first.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
