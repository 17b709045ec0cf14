import { TEST_GRANTS, HOME } from "./routes/keys.js";
import { DURATIONS } from "./data/lifecycle.js";
import { LIST_SHAPES } from "./routes/pages.js";
import { ADVICE, readBurst, readRateLimit, TIERS } from "./limits/options.js";
import { ERROR_SHAPES } from "./routes/shapes.js";

const GRANT_FIELDS = ["scopes", "organisation", "status", "admin", "tier", "rateLimit"];
const KEY_STATUSES = ["active", "expired", "revoked"];
const COUNTS = { orders: 25, prospectSearches: 4, blacklists: 3, searchProfiles: 0, companies: 30, prospects: 45 };
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
  ...Object.keys(COUNTS),
];

/** Maximum delay of a timer, in milliseconds. */
export const LONGEST_DELAY = 2 ** 31 - 1;

export const isDelay = (value) => typeof value === "number" && value >= 0 && value <= LONGEST_DELAY;
export const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function need(good, name, allowed) {
  if (!good) throw new TypeError(`mockOpenProspect: ${name} must be ${allowed}`);
}

function readGrant(key, grant) {
  need(/^\S+$/.test(key), "keys", "named by keys without white space");
  need(isRecord(grant) && Array.isArray(grant.scopes), `keys["${key}"].scopes`, "an array of scopes");
  for (const field of Object.keys(grant))
    need(
      GRANT_FIELDS.includes(field),
      `keys["${key}"].${field}`,
      `left out: the fields are ${GRANT_FIELDS.join(", ")}`,
    );
  const { scopes, organisation = HOME, status = "active", admin = false, tier, rateLimit } = grant;
  need(
    scopes.every((scope) => typeof scope === "string"),
    `keys["${key}"].scopes`,
    "an array of strings",
  );
  need(typeof organisation === "string", `keys["${key}"].organisation`, "a string");
  need(KEY_STATUSES.includes(status), `keys["${key}"].status`, KEY_STATUSES.join(", "));
  need(typeof admin === "boolean", `keys["${key}"].admin`, "true or false");
  need(tier === undefined || Object.hasOwn(TIERS, tier), `keys["${key}"].tier`, Object.keys(TIERS).join(", "));
  need(tier === undefined || rateLimit === undefined, `keys["${key}"]`, "given a tier or a rateLimit, not both");
  const limit = readRateLimit(tier === undefined ? rateLimit : { tier }, need, `keys["${key}"].rateLimit`);
  return { scopes: [...scopes], organisation, status, admin, limit };
}

function readDurations(given) {
  need(isRecord(given), "durations", "an object");
  for (const [state, ms] of Object.entries(given)) {
    need(
      Object.hasOwn(DURATIONS, state),
      `durations.${state}`,
      `left out: the states that end by themselves are ${Object.keys(DURATIONS).join(", ")}`,
    );
    need(typeof ms === "number" && ms >= 0, `durations.${state}`, "a number of milliseconds, or Infinity");
  }
  return { ...DURATIONS, ...given };
}

/** Validates the options of a mock and fills in the defaults. */
export function readOptions(options = {}) {
  need(isRecord(options), "options", "an object");
  for (const name of Object.keys(options))
    need(NAMES.includes(name), name, `left out: the options are ${NAMES.join(", ")}`);
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
  // The oldest body has a field for the seconds.
  const { rateLimitHeaders = false, retryAfter = errorShape === "legacy" ? "both" : "header" } = options;
  need(Number.isSafeInteger(seed), "seed", "a whole number");
  need(typeof now === "function", "now", "a function that gives milliseconds");
  need(isRecord(keys), "keys", "an object");
  need(isDelay(latencyMs), "latencyMs", `a number from 0 to ${LONGEST_DELAY}`);
  need(ERROR_SHAPES.includes(errorShape), "errorShape", ERROR_SHAPES.join(", "));
  need(listShape === undefined || LIST_SHAPES.includes(listShape), "listShape", LIST_SHAPES.join(", "));
  need(typeof rateLimitHeaders === "boolean", "rateLimitHeaders", "true or false");
  need(ADVICE.includes(retryAfter), "retryAfter", ADVICE.join(", "));
  const settings = {
    seed,
    now,
    latencyMs,
    errorShape,
    listShape,
    durations: readDurations(durations),
    rateLimit: readRateLimit(rateLimit, need),
    burst: readBurst(burst, need),
    rateLimitHeaders,
    retryAfter,
    grants: new Map(Object.entries(TEST_GRANTS)),
  };
  for (const [key, grant] of Object.entries(keys)) settings.grants.set(key, readGrant(key, grant));
  for (const [name, count] of Object.entries(COUNTS)) {
    const value = options[name] === undefined ? count : options[name];
    const good = Array.isArray(value) ? value.every(isRecord) : Number.isSafeInteger(value) && value >= 0;
    need(good, name, "a count or an array of objects");
    settings[name] = value;
  }
  return settings;
}
