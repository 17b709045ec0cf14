import { errorResponse, invalid } from "./errors.js";
import { isRecord } from "../options.js";

/** @import { Problem } from "./errors.js" */
/** @import { ApiResponse } from "./route.js" */
/** @typedef {[isValid: (value: unknown) => boolean, error: string]} Rule */
/** @typedef {Readonly<Record<string, Rule>>} Rules The rules of an object, by field. */

/**
 * Parses the object in a body, or returns the error response.
 *
 * @param {string} text
 * @returns {{value?: any, rejection?: ApiResponse}}
 */
export function readObject(text) {
  if (text === "") return { rejection: invalid([{ field: "body", error: "is required", provided: null }]) };
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return { rejection: errorResponse("INVALID_JSON") };
  }
  if (isRecord(value)) return { value };
  return { rejection: invalid([{ field: "body", error: "must be an object", provided: value }]) };
}

/** @param {unknown} value */
const isTexts = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");

/** @type {Rule} */
export const TEXT = [(value) => typeof value === "string", "must be a string"];
/** @type {Rule} */
export const TEXTS = [isTexts, "must be an array of strings"];
/** @type {Rule} */
export const WHOLE = [Number.isSafeInteger, "must be a whole number"];
/** @type {Rule} */
export const COUNT = [(value) => Number.isSafeInteger(value) && Number(value) > 0, "must be a whole number from 1"];

/**
 * Validates the fields of an object. A field without a rule is accepted: the schemas are only partly known.
 *
 * @param {Record<string, unknown>} value
 * @param {Rules} rules
 * @param {readonly string[]} [required]
 * @param {string} [prefix] path of the object in the body
 */
export function problemsOf(value, rules, required = [], prefix = "") {
  /** @type {Problem[]} */
  const problems = [];
  for (const [field, [isValid, error]] of Object.entries(rules)) {
    const provided = value[field];
    if (provided === undefined) {
      if (required.includes(field)) problems.push({ field: prefix + field, error: "is required", provided: null });
    } else if (!isValid(provided)) {
      problems.push({ field: prefix + field, error, provided });
    }
  }
  return problems;
}

/**
 * Validates a list of objects: its length, then its members up to the first invalid one.
 *
 * @param {unknown} list
 * @param {string} field
 * @param {{low: number, high: number, rules: Rules}} expected
 * @returns {Problem[]}
 */
export function problemsOfList(list, field, { low, high, rules }) {
  if (!Array.isArray(list)) return [{ field, error: "must be an array", provided: list ?? null }];
  if (list.length < low || list.length > high) {
    return [{ field, error: `must have ${low} to ${high} items`, provided: list.length }];
  }
  for (const [index, item] of list.entries()) {
    if (!isRecord(item)) return [{ field: `${field}.${index}`, error: "must be an object", provided: item }];
    const problems = problemsOf(item, rules, [], `${field}.${index}.`);
    if (problems.length > 0) return problems;
  }
  return [];
}
