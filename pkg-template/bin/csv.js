// CSV as RFC 4180 has it, read and written piece by piece.

import { Problem } from "./failure.js";

/** A spreadsheet takes a cell that begins so for a formula. */
const FORMULA = /^(?!-?\d+(?:\.\d+)?$)[=+\-@\t\r]/;

export function csvLine(cells, escapesFormulas = false) {
  const written = cells.map((cell) => {
    const text = escapesFormulas && FORMULA.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(",")}\r\n`;
}

/**
 * The rows of a text that comes in pieces, with the line on which each begins. A byte order mark is dropped.
 *
 * @param {AsyncIterable<string>} pieces
 * @param {string} [delimiter] otherwise the one of comma, semicolon and tab that the first line has most
 */
export async function* csvRows(pieces, delimiter) {
  const reader = createReader(delimiter);
  for await (const piece of pieces) yield* reader.read(piece);
  yield* reader.end();
}

function createReader(delimiter) {
  let [cells, cell, line, begun] = [[], "", 1, 1];
  // Before a cell's first letter, in it, between quotes, or behind a quote that may be the first of two.
  let state = "start";
  let [first, isFirst] = ["", delimiter === undefined];

  function* take(text) {
    for (const letter of text) {
      if (state === "quoted") {
        if (letter === '"') state = "quote";
        else cell += letter;
        if (letter === "\n") line += 1;
      } else if (state === "quote" && letter === '"') {
        cell += '"';
        state = "quoted";
      } else if (letter === '"' && state === "start") state = "quoted";
      else if (letter === delimiter) {
        cells.push(cell);
        [cell, state] = ["", "start"];
      } else if (letter === "\n") {
        yield finished();
        line += 1;
        begun = line;
      } else {
        cell += letter;
        state = "plain";
      }
    }
  }

  function finished() {
    const row = { cells: [...cells, cell.replace(/\r$/, "")], line: begun };
    [cells, cell, state] = [[], "", "start"];
    return row;
  }

  return {
    *read(piece) {
      if (!isFirst) return yield* take(piece);
      first += piece;
      if (!first.includes("\n")) return;
      yield* this.decide();
    },
    *decide() {
      isFirst = false;
      first = first.replace(/^\uFEFF/, "");
      const head = first.split("\n", 1)[0];
      const count = (sign) => head.split(sign).length;
      delimiter = [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
      yield* take(first);
    },
    *end() {
      if (isFirst) yield* this.decide();
      if (state === "quoted") throw new Problem(`The quote that opens in the row of line ${begun} does not end.`, { exit: 5 });
      if (cells.length > 0 || cell !== "") yield finished();
    },
  };
}
