// The options objects: names, types and ranges. Rust has the defaults and other checks, such as those of keys and URLs.

import { checkIdempotencyKey, VISIBLE } from "./request.js";
import { attempt, InvalidArgument, invalid, isList, isObject, notObject, reading } from "./values.js";

/** @import { CallOptions, ConflictOptions, RequestOptions, WaitOptions } from "../../../pkg/index.js" */
/** @import { BackoffOptions, OpenProspectOptions } from "../../../pkg/index.js" */
/** @typedef {[isValid: (value: any) => boolean, expected: string]} Spec */

/** @type {(min: number, max: number) => Spec} */
const integer = (min, max) => [
  (value) => Number.isInteger(value) && value >= min && value <= max,
  `a whole number from ${min} to ${max}`,
];
/** @type {(min: number) => Spec} */
const milliseconds = (min) => [
  (value) => typeof value === "number" && value >= min && value <= Number.MAX_SAFE_INTEGER,
  `a number of milliseconds, ${min} or more`,
];
/** @type {(name: string, expected: string) => Spec} */
const type = (name, expected) => [(value) => typeof value === name, expected];

const FUNCTION = type("function", "a function");
const BOOLEAN = type("boolean", "true or false");
/** Validated elsewhere. @type {Spec} */
const ANY = [() => true, ""];
const TIMEOUT = milliseconds(1);
/** @type {Spec} */
const DEADLINE = [(value) => value === null || TIMEOUT[0](value), `${TIMEOUT[1]}, or null for none`];

/** The members of an `AbortSignal` that the client uses, and their types. */
const SIGNAL_MEMBERS = { aborted: "boolean", addEventListener: "function", removeEventListener: "function" };
/** @type {Spec} */
const SIGNAL = [
  (value) =>
    attempt(() => Object.entries(SIGNAL_MEMBERS).every(([name, type]) => typeof value[name] === type)) === true,
  "an AbortSignal",
];

/** The options of a client, in the order of their documentation. @type {Record<string, Spec>} */
const CLIENT = {
  apiKey: ANY,
  baseUrl: type("string", "a string"),
  maxRetries: integer(0, 1000),
  backoff: ANY,
  maxRetryAfterMs: milliseconds(0),
  batch: BOOLEAN,
  giveUpAfterMs: milliseconds(0),
  batchShare: [(value) => value > 0 && value <= 1 && typeof value === "number", "a number above 0, 1 at most"],
  timeoutMs: TIMEOUT,
  deadlineMs: DEADLINE,
  headers: ANY,
  fetch: FUNCTION,
  onEvent: FUNCTION,
  allowLiveKeyInBrowser: BOOLEAN,
};

/** The options of one call, the last argument of each method. @type {Record<string, Spec>} */
const CALL = {
  signal: SIGNAL,
  timeoutMs: TIMEOUT,
  deadlineMs: DEADLINE,
  maxRetries: CLIENT.maxRetries,
  maxRetryAfterMs: CLIENT.maxRetryAfterMs,
  batch: BOOLEAN,
  giveUpAfterMs: CLIENT.giveUpAfterMs,
  headers: ANY,
  idempotencyKey: [(value) => typeof value === "string" && checkIdempotencyKey(value), VISIBLE],
};

const BACKOFF = { baseMs: milliseconds(0), maxMs: milliseconds(0) };
const CONFLICT = { maxRounds: integer(1, 1000), signal: SIGNAL };
const WAIT = { signal: SIGNAL, deadlineMs: DEADLINE, pollMs: TIMEOUT, onStatus: FUNCTION };

/** @type {(value: unknown) => OpenProspectOptions & BackoffOptions} */
export function clientOptions(value) {
  const options = read(value, "options", CLIENT);
  return Object.assign(options, read(options.backoff, "backoff", BACKOFF, "backoff."));
}

/** @type {(value: unknown) => CallOptions} */
export const callOptions = (value) => read(value, "options", CALL);
/** @type {(value: unknown) => CallOptions & ConflictOptions} */
export const editOptions = (value) => read(value, "options", { maxRounds: CONFLICT.maxRounds, ...CALL });
/** The options of `request` and its shorthand methods. @type {(value: unknown) => RequestOptions} */
export const requestOptions = (value) => read(value, "options", { query: ANY, body: ANY, ...CALL });
/** @type {(value: unknown) => WaitOptions<any>} */
export const waitOptions = (value) => read(value, "options", WAIT);
/** @type {(value: unknown) => ConflictOptions} */
export const conflictOptions = (value) => read(value, "options", CONFLICT);

/** Reads the own members of an options object; `undefined` counts as an empty one. Inherited members are ignored.
 * @param {unknown} value @param {string} name @param {Record<string, Spec>} specs @param {string} prefix */
function read(value, name, specs, prefix = "") {
  // Without a prototype, which may be polluted.
  const options = Object.create(null);
  if (value === undefined) return options;
  if (!isObject(value) || isList(value)) throw notObject(name, value, "an object of options, or nothing");
  const names = reading(name, () => Reflect.ownKeys(value));
  for (const key of names) if (!Object.hasOwn(specs, key)) throw unknownOption(key, Object.keys(specs));
  for (const key of /** @type {string[]} */ (names)) {
    const option = reading(key, () => value[key]);
    if (option === undefined) continue;
    const [isValid, expected] = specs[key];
    if (!isValid(option)) throw invalid(prefix + key, option, expected);
    options[key] = option;
  }
  return options;
}

/** Maximum number of letters that a typo may add and omit in total. */
const MAX_TYPO = 5;

/** @param {string | symbol} key @param {string[]} known */
function unknownOption(key, known) {
  const name = typeof key === "string" ? key : "a symbol";
  const letters = name.replace(/[-_]/g, "").toLowerCase();
  const difference = (/** @type {string} */ candidate) => {
    let same = 0;
    while (same < letters.length && letters[same] === candidate[same]?.toLowerCase()) same += 1;
    return letters.length + candidate.length - 2 * same;
  };
  const [closest] = [...known].sort((one, other) => difference(one) - difference(other));
  const hint = difference(closest) <= MAX_TYPO ? `${closest} (did you mean that?); all options: ` : "";
  return new InvalidArgument(name, "an option that does not exist", hint + known.join(", "));
}
