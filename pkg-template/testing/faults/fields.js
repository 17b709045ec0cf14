import { isDelay, isRecord, MAX_TIMER_MS } from "../options.js";
import { SHAPE_STATUS } from "../routes/shapes.js";

/** @import { Fault } from "../index.d.ts" */

/**
 * @param {unknown} value
 * @returns {value is string}
 */
const isText = (value) => typeof value === "string";
/** @param {unknown} value */
const isBoolean = (value) => typeof value === "boolean";
/** @param {unknown} value */
const isMoment = (value) => value === "headers" || value === "body";
/** @param {any} value */
const isCount = (value) => value === Infinity || (Number.isSafeInteger(value) && value > 0);
/** @param {any} value */
const isStatus = (value) => Number.isInteger(value) && value >= 200 && value <= 599;

/**
 * `Headers` itself validates header values, in the same way in every environment.
 *
 * @param {string} name
 * @param {string} value
 */
function isHeader(name, value) {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} value */
const isHeaders = (value) =>
  isRecord(value) &&
  Object.entries(value).every(
    ([name, text]) => isHeader(name, text === null ? "" : text) && (text === null || isText(text)),
  );

/** @param {unknown} value */
const isRetryAfter = (value) =>
  typeof value === "number" ||
  (isText(value) && isHeader("retry-after", value)) ||
  (isRecord(value) && Number.isFinite(value.date));

/** @param {unknown} value */
const isMatch = (value) =>
  isRecord(value) &&
  Object.keys(value).every((name) => name === "method" || name === "path") &&
  (value.method === undefined || isText(value.method)) &&
  (value.path === undefined || isText(value.path) || value.path instanceof RegExp);

/**
 * For each field: whether a value is valid, and what is expected.
 *
 * @type {Record<keyof Fault, [isValid: (value: unknown) => boolean, expected: string]>}
 */
const FIELDS = {
  name: [isText, "a string"],
  times: [isCount, "an integer from 1, or Infinity"],
  match: [isMatch, "{ method?: string, path?: string | RegExp }"],
  status: [isStatus, "an integer from 200 to 599"],
  code: [isText, "a string"],
  message: [isText, "a string"],
  details: [isRecord, "an object"],
  retryAfter: [isRetryAfter, "a string, a number or { date: milliseconds }"],
  retryAfterBody: [Number.isFinite, "a number of seconds"],
  headers: [isHeaders, "an object of header values (null removes a header)"],
  clockSkewMs: [Number.isFinite, "a number of milliseconds"],
  body: [(value) => isText(value) || (typeof value === "object" && value !== null), "a string or an object"],
  shape: [(value) => isText(value) && Object.hasOwn(SHAPE_STATUS, value), Object.keys(SHAPE_STATUS).join(", ")],
  contentType: [(value) => isText(value) && isHeader("content-type", value), "a header value"],
  reset: [isMoment, '"headers" or "body"'],
  stall: [isMoment, '"headers" or "body"'],
  latencyMs: [isDelay, `a number from 0 to ${MAX_TIMER_MS}`],
  echoKey: [isBoolean, "true or false"],
  redirect: [(value) => isText(value) && isHeader("location", value), "a URL"],
  applied: [isBoolean, "true or false"],
};

/** Fields that exclude each other. */
const EXCLUSIVE = [
  ["reset", "stall"],
  ["body", "shape"],
  ["redirect", "shape"],
  ["redirect", "body"],
];

/**
 * Validates a fault before it is queued: with a misspelled field that is silently ignored, a test would pass without
 * testing anything.
 *
 * @param {unknown} value a status or an object of fields
 * @returns {Fault} without undefined fields
 */
export function readFault(value) {
  const fault = typeof value === "number" ? { status: value } : value;
  if (!isRecord(fault))
    throw new TypeError("A fault must be a status, an object or a function that returns one of them");
  const fields = Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, name))
      throw new TypeError(`A fault has no field "${name}": ${Object.keys(FIELDS).join(", ")}`);
    const [isValid, expected] = FIELDS[/** @type {keyof Fault} */ (name)];
    if (!isValid(value)) throw new TypeError(`The fault's ${name} must be ${expected}`);
  }
  for (const [one, other] of EXCLUSIVE) {
    if (one in fields && other in fields) throw new TypeError(`A fault takes ${one} or ${other}, not both`);
  }
  return fields;
}
