// The options objects: their names, and the types and ranges of their values. Further checks, such as those of keys and
// URLs, and the defaults are in Rust.

import { InvalidArgument, invalid, isList, isObject, notObject, reading } from "./values.js";

const whole = (least, most) => [
  (value) => Number.isInteger(value) && value >= least && value <= most,
  `a whole number from ${least} to ${most}`,
];
const milliseconds = (least) => [
  (value) => typeof value === "number" && value >= least && value <= Number.MAX_SAFE_INTEGER,
  `a number of milliseconds, ${least} or more`,
];
const orNone = ([fits, allowed]) => [(value) => value === null || fits(value), `${allowed}, or null for none`];
const type = (name, allowed) => [(value) => typeof value === name, allowed];
const FUNCTION = type("function", "a function");
/** Read and validated elsewhere. */
const ANY = [() => true];

/** Any object that implements the interface of `AbortSignal`. */
const SIGNAL = [
  (value) =>
    isObject(value) &&
    speaks(
      () =>
        typeof value.aborted === "boolean" &&
        ["addEventListener", "removeEventListener"].every((name) => typeof value[name] === "function"),
    ),
  "an AbortSignal",
];

function speaks(look) {
  try {
    return look();
  } catch {
    return false;
  }
}

const DEADLINE = orNone(milliseconds(1));
const BACKOFF = { baseMs: milliseconds(0), maxMs: milliseconds(0) };

/** The options of a client, in the order of their documentation. */
const CLIENT = {
  apiKey: ANY,
  baseUrl: type("string", "a string"),
  maxRetries: whole(0, 1000),
  backoff: ANY,
  maxRetryAfterMs: milliseconds(0),
  timeoutMs: milliseconds(1),
  deadlineMs: DEADLINE,
  headers: ANY,
  fetch: FUNCTION,
  onEvent: FUNCTION,
  allowLiveKeyInBrowser: type("boolean", "true or false"),
};

/** The options of one call, the last argument of each method. */
const CALL = {
  signal: SIGNAL,
  timeoutMs: CLIENT.timeoutMs,
  deadlineMs: DEADLINE,
  maxRetries: CLIENT.maxRetries,
  headers: ANY,
  idempotencyKey: type("string", "a string of visible ASCII characters"),
};

const WAIT = { signal: SIGNAL, deadlineMs: DEADLINE, pollMs: milliseconds(1), onStatus: FUNCTION };
const CONFLICT = { maxRounds: whole(1, 1000), signal: SIGNAL };

export function clientOptions(value) {
  const given = read(value, "options", CLIENT);
  return Object.assign(given, read(given.backoff, "backoff", BACKOFF, "backoff."));
}

export const callOptions = (value) => read(value, "options", CALL);
export const editOptions = (value) => read(value, "options", { maxRounds: CONFLICT.maxRounds, ...CALL });
/** The options of `request` and its shorthand methods. */
export const requestOptions = (value) => read(value, "options", { query: ANY, body: ANY, ...CALL });
export const waitOptions = (value) => read(value, "options", WAIT);
export const conflictOptions = (value) => read(value, "options", CONFLICT);

/** Reads the own members of an options object; `undefined` counts as an empty one. Inherited members are ignored. */
function read(value, name, specs, prefix = "") {
  // Without a prototype, which may be polluted.
  const given = Object.create(null);
  if (value === undefined) return given;
  if (!isObject(value) || isList(value)) throw notObject(name, value, "an object of options, or nothing");
  const names = reading(name, () => Reflect.ownKeys(value));
  for (const key of names) if (!Object.hasOwn(specs, key)) throw unknown(key, Object.keys(specs));
  for (const key of names) {
    const own = reading(key, () => value[key]);
    if (own === undefined) continue;
    const [fits, allowed] = specs[key];
    if (!fits(own)) throw invalid(prefix + key, own, allowed);
    given[key] = own;
  }
  return given;
}

/** Maximum number of letters that a typo may add and omit in total. */
const SLIP = 5;

function unknown(key, known) {
  const name = typeof key === "string" ? key : "a symbol";
  const letters = name.replace(/[-_]/g, "").toLowerCase();
  const difference = (candidate) => {
    let same = 0;
    while (same < letters.length && letters[same] === candidate[same]?.toLowerCase()) same += 1;
    return letters.length + candidate.length - 2 * same;
  };
  const closest = known.reduce((best, candidate) => (difference(candidate) < difference(best) ? candidate : best));
  const hint = difference(closest) <= SLIP ? `${closest} (did you mean that?); all options: ` : "";
  return new InvalidArgument(name, "an option that does not exist", hint + known.join(", "));
}
