// The schema of the command's own JSON files: one check for each field, so that a changed, truncated or planted file is
// rejected with the name of the field.

import { Problem } from "./failure.js";

/** @typedef {{ expected: string, accepts: (value: any) => boolean }} Field */

/** @type {(expected: string, accepts: (value: any) => boolean) => Field} */
const field = (expected, accepts) => ({ expected, accepts });

const INSTANT = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** @param {unknown} value */
const isId = (value) =>
  value === null || typeof value === "string" || (typeof value === "number" && Number.isFinite(value));

export const text = field("a string", (value) => typeof value === "string");
export const boolean = field("true or false", (value) => typeof value === "boolean");
/** @param {(text: string) => boolean} accepts */
export const digests = (accepts) => field("digests", (value) => typeof value === "string" && accepts(value));
export const count = field("an integer of at least 0", (value) => Number.isSafeInteger(value) && value >= 0);
export const instant = field(
  "null or an instant",
  (value) => value === null || (typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value))),
);
export const ids = field("a list of ids", (value) => Array.isArray(value) && value.every(isId));
/** @param {number} digits */
export const hex = (digits) =>
  field(
    `${digits} hexadecimal digits`,
    (value) => typeof value === "string" && value.length === digits && /^[0-9a-f]*$/.test(value),
  );
/** @param {Field} field */
export const orNull = ({ expected, accepts }) =>
  field(`null or ${expected}`, (value) => value === null || accepts(value));
/** @param {unknown[]} choices */
export const oneOf = (choices) => field(`one of ${choices.join(", ")}`, (value) => choices.includes(value));

/**
 * Describes a value by its type alone, unless it is a number: a text may be anything, including a secret.
 *
 * @param {unknown} value
 */
function described(value) {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : "a string";
}

/**
 * Parses a JSON object and returns those of its fields that are in the table.
 *
 * @param {string} json
 * @param {Record<string, Field> | ((own: (name: string) => unknown) => Record<string, Field>)} table the fields, or a
 *   function that selects them by the value of a field
 * @param {string} what name of the file in messages, such as `The lock FILE.lock`
 * @param {string} hint
 * @returns {Record<string, any>}
 */
export function readRecord(json, table, what, hint) {
  /** @param {string} how */
  const problem = (how) => new Problem(`${what} ${how}.`, { exit: 2, hint });
  let record;
  try {
    record = JSON.parse(json);
  } catch {
    // The parser's message would repeat its input.
    throw problem("cannot be read: it is not valid JSON");
  }
  if (typeof record !== "object" || record === null || Array.isArray(record))
    throw problem(`is invalid: got ${described(record)}; expected an object`);
  /** @param {string} name */
  const own = (name) => (Object.hasOwn(record, name) ? record[name] : undefined);
  const fields = typeof table === "function" ? table(own) : table;
  const invalid = Object.entries(fields).find(([name, { accepts }]) => !accepts(own(name)));
  if (invalid !== undefined) {
    const [name, { expected }] = invalid;
    throw problem(`is invalid: "${name}" must be ${expected}, got ${described(own(name))}`);
  }
  return Object.fromEntries(Object.keys(fields).map((name) => [name, own(name)]));
}
