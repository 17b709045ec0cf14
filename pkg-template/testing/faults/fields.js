import { isDelay, isRecord, LONGEST_DELAY } from "../options.js";
import { SHAPE_STATUS } from "../routes/shapes.js";

const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isMoment = (value) => value === "headers" || value === "body";
const isCount = (value) => value === Infinity || (Number.isSafeInteger(value) && value > 0);
const isStatus = (value) => Number.isInteger(value) && value >= 200 && value <= 599;

// `Headers` itself validates header values, in the same way in every environment.
function isHeader(name, value) {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

const isHeaders = (value) =>
  isRecord(value) &&
  Object.entries(value).every(
    ([name, text]) => isHeader(name, text === null ? "" : text) && (text === null || isText(text)),
  );

const isRetryAfter = (value) =>
  typeof value === "number" ||
  (isText(value) && isHeader("retry-after", value)) ||
  (isRecord(value) && Number.isFinite(value.date));

const isMatch = (value) =>
  isRecord(value) &&
  Object.keys(value).every((name) => name === "method" || name === "path") &&
  (value.method === undefined || isText(value.method)) &&
  (value.path === undefined || isText(value.path) || value.path instanceof RegExp);

const FIELDS = {
  name: [isText, "a string"],
  times: [isCount, "a whole number from 1, or Infinity"],
  match: [isMatch, "{ method?: string, path?: string | RegExp }"],
  status: [isStatus, "a whole number from 200 to 599"],
  code: [isText, "a string"],
  message: [isText, "a string"],
  details: [isRecord, "an object"],
  retryAfter: [isRetryAfter, "a string, a number or { date: milliseconds }"],
  retryAfterBody: [Number.isFinite, "a number of seconds"],
  headers: [isHeaders, "an object of header values (null leaves a header out)"],
  clockSkewMs: [Number.isFinite, "a number of milliseconds"],
  body: [(value) => isText(value) || (typeof value === "object" && value !== null), "a string or an object"],
  shape: [(value) => Object.hasOwn(SHAPE_STATUS, value), Object.keys(SHAPE_STATUS).join(", ")],
  contentType: [(value) => isText(value) && isHeader("content-type", value), "a header value"],
  reset: [isMoment, '"headers" or "body"'],
  stall: [isMoment, '"headers" or "body"'],
  latencyMs: [isDelay, `a number from 0 to ${LONGEST_DELAY}`],
  echoKey: [isFlag, "true or false"],
  redirect: [(value) => isText(value) && isHeader("location", value), "a URL"],
  applied: [isFlag, "true or false"],
};

const RIVALS = [
  ["reset", "stall"],
  ["body", "shape"],
  ["redirect", "shape"],
  ["redirect", "body"],
];

/**
 * Validates a fault before it is queued: with a misspelled field that is silently ignored, a test would pass without
 * testing anything.
 *
 * @param {unknown} given a status or an object of fields
 * @returns {object} the fields alone
 */
export function readFault(given) {
  const fault = typeof given === "number" ? { status: given } : given;
  if (!isRecord(fault)) throw new TypeError("A fault must be a status, an object or a function that gives one of them");
  const fields = Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, name))
      throw new TypeError(`A fault has no field "${name}": ${Object.keys(FIELDS).join(", ")}`);
    const [good, allowed] = FIELDS[name];
    if (!good(value)) throw new TypeError(`The fault's ${name} must be ${allowed}`);
  }
  for (const [one, other] of RIVALS) {
    if (one in fields && other in fields) throw new TypeError(`A fault takes ${one} or ${other}, not both`);
  }
  return fields;
}
