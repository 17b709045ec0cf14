// Lists as tables that fit the terminal.

import { fitted, widthOf } from "./text.js";

const GAP = 2;
/** Maximum and minimum width of a column if space is short. */
const MOST = 40;
const LEAST = 8;

/**
 * The text of a cell.
 *
 * @param {unknown} value
 */
export function cellOf(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value))
    return value.every((item) => typeof item !== "object") ? value.join(", ") : `${value.length} items`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The order of the columns, and the order in which they get space: the most informative first. */
const SHOWN = ["id", "name", "title", "status"];
const WANTED = ["id", "status", "name", "title"];
/** @type {(order: string[]) => (a: string, b: string) => number} */
const by = (order) => (a, b) =>
  [a, b]
    .map((name) => (order.includes(name) ? order.indexOf(name) : order.length))
    .reduce((first, second) => first - second);

/**
 * A table whose columns are determined by the first rows, so that the rest can be printed as it arrives.
 *
 * @param {any[]} sample
 * @param {number} width of the terminal; `Infinity` disables truncation
 */
export function createTable(sample, width) {
  const names = [...new Set(sample.flatMap((item) => Object.keys(Object(item))))].sort(by(SHOWN));
  /** @type {{ name: string, width: number }[]} */
  const columns = [];
  const hidden = [];
  let left = width;
  for (const name of names.toSorted(by(WANTED))) {
    const natural = Math.max(widthOf(name), ...sample.map((item) => widthOf(cellOf(item[name]))));
    const wanted = width === Infinity || name === "id" ? natural : Math.min(natural, MOST);
    const room = left - (columns.length === 0 ? 0 : GAP);
    const nested = sample.some(
      (item) => typeof item[name] === "object" && item[name] !== null && !Array.isArray(item[name]),
    );
    if (columns.length > 0 && (nested || room < Math.min(wanted, LEAST))) {
      hidden.push(name);
      continue;
    }
    const own = Math.min(wanted, room);
    columns.push({ name, width: own });
    left = room - own;
  }
  columns.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  /** @param {string[]} cells */
  const line = (cells) =>
    columns
      .map(({ width }, index) => fitted(cells[index], width, index < columns.length - 1))
      .join(" ".repeat(GAP))
      .trimEnd();
  return {
    hidden,
    head: line(columns.map(({ name }) => name)),
    row: (/** @type {any} */ item) => line(columns.map(({ name }) => cellOf(item[name]))),
  };
}

/**
 * One record, with a line for each of its fields.
 *
 * @param {object} value
 * @param {import("./style.js").Style} style
 * @param {string} [indent]
 * @returns {string[]}
 */
export function recordLines(value, style, indent = "") {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      if (typeof item !== "object" || item === null) return [`${indent}- ${cellOf(item)}`];
      const [first = "", ...rest] = recordLines(item, style, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([name]) => widthOf(name)));
  return entries.flatMap(([name, field]) => {
    const isNested =
      typeof field === "object" &&
      field !== null &&
      cellOf(field) !== "" &&
      !(Array.isArray(field) && field.every((item) => typeof item !== "object"));
    const label = style.dim(fitted(name, width));
    return isNested
      ? [`${indent}${label}`, ...recordLines(field, style, `${indent}  `)]
      : [`${indent}${label}  ${cellOf(field)}`.trimEnd()];
  });
}
