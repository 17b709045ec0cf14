import { DEFAULT_ORGANISATION, TEST_GRANTS } from "./routes/keys.js";
import { DURATIONS } from "./data/lifecycle.js";
import { LIST_SHAPES } from "./routes/pages.js";
import { ADVICE, readBurst, readRateLimit, TIERS } from "./limits/options.js";
import { ERROR_SHAPES } from "./routes/shapes.js";

/**
 * @import {
 *   ErrorShape, KeyGrant, ListShape, MockKind, MockOptions, PassingStatus, RetryAdvice, SeedItem
 * } from "./index.d.ts"
 */
/** @import { Grant } from "./routes/keys.js" */

/**
 * @typedef {object} OtherSettings
 * @property {number} seed
 * @property {() => number} now
 * @property {number} latencyMs
 * @property {ErrorShape} errorShape
 * @property {ListShape} [listShape]
 * @property {Record<PassingStatus, number>} durations
 * @property {{limit: number, windowMs: number}} [rateLimit]
 * @property {{perSecond: number, burst: number}} [burst]
 * @property {boolean} rateLimitHeaders
 * @property {RetryAdvice} retryAfter
 * @property {Map<string, Grant>} grants
 */
/** @typedef {OtherSettings & Record<MockKind, number | SeedItem[]>} Settings The options with their defaults. */

const GRANT_FIELDS = ["scopes", "organisation", "status", "admin", "tier", "rateLimit"];
const KEY_STATUSES = ["active", "expired", "revoked"];

/**
 * The number of generated items.
 *
 * @type {Record<MockKind, number>}
 */
const COUNTS = { orders: 25, prospectSearches: 4, blacklists: 3, searchProfiles: 0, companies: 30, prospects: 45 };
const KINDS = /** @type {MockKind[]} */ (Object.keys(COUNTS));
const NAMES = [
  "seed",
  "now",
  "keys",
  "latencyMs",
  "durations",
  "errorShape",
  "listShape",
  "rateLimit",
  "burst",
  "rateLimitHeaders",
  "retryAfter",
  ...KINDS,
];

/** Maximum delay of a timer, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** @param {unknown} value */
export const isDelay = (value) => typeof value === "number" && value >= 0 && value <= MAX_TIMER_MS;

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * @param {unknown} isValid
 * @param {string} name
 * @param {string} expected
 * @returns {asserts isValid}
 */
function check(isValid, name, expected) {
  if (!isValid) throw new TypeError(`mockOpenProspect: ${name} must be ${expected}`);
}

/**
 * @param {object} value
 * @param {string[]} known
 * @param {(name: string) => string} describe
 */
function checkNames(value, known, describe = (name) => name) {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`mockOpenProspect: ${describe(unknown)} is unknown; expected ${known.join(", ")}`);
}

/**
 * @param {string} key
 * @param {KeyGrant} grant
 * @returns {Grant}
 */
function readGrant(key, grant) {
  const path = `keys["${key}"]`;
  check(/^\S+$/.test(key), "keys", "an object whose names have no white space");
  check(isRecord(grant) && Array.isArray(grant.scopes), `${path}.scopes`, "an array of scopes");
  checkNames(grant, GRANT_FIELDS, (field) => `${path}.${field}`);
  const { scopes, organisation = DEFAULT_ORGANISATION, status = "active", admin = false, tier, rateLimit } = grant;
  check(
    scopes.every((scope) => typeof scope === "string"),
    `${path}.scopes`,
    "an array of strings",
  );
  check(typeof organisation === "string", `${path}.organisation`, "a string");
  check(KEY_STATUSES.includes(status), `${path}.status`, KEY_STATUSES.join(", "));
  check(typeof admin === "boolean", `${path}.admin`, "true or false");
  check(tier === undefined || Object.hasOwn(TIERS, tier), `${path}.tier`, Object.keys(TIERS).join(", "));
  check(tier === undefined || rateLimit === undefined, `${path}.rateLimit`, "undefined if the key has a tier");
  const limit = readRateLimit(tier === undefined ? rateLimit : { tier }, check, `${path}.rateLimit`);
  return { scopes: [...scopes], organisation, status, admin, limit };
}

/** @param {NonNullable<MockOptions["durations"]>} durations */
function readDurations(durations) {
  check(isRecord(durations), "durations", "an object");
  checkNames(durations, Object.keys(DURATIONS), (state) => `durations.${state}`);
  for (const [state, ms] of Object.entries(durations))
    check(typeof ms === "number" && ms >= 0, `durations.${state}`, "a number of milliseconds, or Infinity");
  return /** @type {Record<PassingStatus, number>} */ ({ ...DURATIONS, ...durations });
}

/**
 * Validates the options of a mock and fills in the defaults.
 *
 * @param {MockOptions} [options]
 * @returns {Settings}
 */
export function readOptions(options = {}) {
  check(isRecord(options), "options", "an object");
  checkNames(options, NAMES);
  const {
    seed = 1,
    now = () => Date.now(),
    keys = {},
    latencyMs = 0,
    durations = {},
    errorShape = "flat",
    listShape,
    rateLimit,
    burst,
  } = options;
  // The legacy envelope has a field for the wait.
  const { rateLimitHeaders = false, retryAfter = errorShape === "legacy" ? "both" : "header" } = options;
  check(Number.isSafeInteger(seed), "seed", "an integer");
  check(typeof now === "function", "now", "a function that returns milliseconds");
  check(isRecord(keys), "keys", "an object");
  check(isDelay(latencyMs), "latencyMs", `a number from 0 to ${MAX_TIMER_MS}`);
  check(ERROR_SHAPES.includes(errorShape), "errorShape", ERROR_SHAPES.join(", "));
  check(listShape === undefined || LIST_SHAPES.includes(listShape), "listShape", LIST_SHAPES.join(", "));
  check(typeof rateLimitHeaders === "boolean", "rateLimitHeaders", "true or false");
  check(ADVICE.includes(retryAfter), "retryAfter", ADVICE.join(", "));
  const settings = /** @type {Settings} */ ({
    seed,
    now,
    latencyMs,
    errorShape,
    listShape,
    durations: readDurations(durations),
    rateLimit: readRateLimit(rateLimit, check),
    burst: readBurst(burst, check),
    rateLimitHeaders,
    retryAfter,
    grants: new Map(Object.entries(TEST_GRANTS)),
  });
  for (const [key, grant] of Object.entries(keys)) settings.grants.set(key, readGrant(key, grant));
  for (const kind of KINDS) {
    const value = options[kind] === undefined ? COUNTS[kind] : options[kind];
    const isValid = Array.isArray(value) ? value.every(isRecord) : Number.isSafeInteger(value) && Number(value) >= 0;
    check(isValid, kind, "a count or an array of objects");
    settings[kind] = /** @type {number | SeedItem[]} */ (value);
  }
  return settings;
}
