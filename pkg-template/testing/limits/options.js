/** @import { Burst, RateLimit, RateTier } from "../index.d.ts" */
/** @typedef {(isValid: unknown, name: string, expected: string) => asserts isValid} Check */

const HOUR_MS = 3_600_000;

/**
 * The documented tiers: requests of one key in an hour.
 *
 * @type {Readonly<Record<RateTier, number>>}
 */
export const TIERS = Object.freeze({ free: 100, pro: 1000 });

/** Where a 429 states how long to wait. */
export const ADVICE = Object.freeze(["header", "body", "both", "none"]);

/**
 * @param {number | undefined} value
 * @returns {value is number}
 */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) > 0;

/**
 * @param {number | undefined} value
 * @returns {value is number}
 */
const isPositive = (value) => Number.isFinite(value) && Number(value) > 0;

/**
 * @param {object} value
 * @param {string[]} names
 */
const hasOnly = (value, names) => Object.keys(value).every((name) => names.includes(name));

/**
 * Reads a limit: requests of one key in a window, or a tier whose numbers the other fields override.
 *
 * @param {RateLimit | undefined} value
 * @param {Check} check
 */
export function readRateLimit(value, check, name = "rateLimit") {
  if (value === undefined) return undefined;
  check(
    typeof value === "object" && value !== null && hasOnly(value, ["limit", "windowMs", "tier"]),
    name,
    "{ limit, windowMs, tier }",
  );
  const { tier, ...own } = value;
  check(tier === undefined || Object.hasOwn(TIERS, tier), `${name}.tier`, Object.keys(TIERS).join(", "));
  const { limit, windowMs } = { windowMs: HOUR_MS, limit: tier && TIERS[tier], ...own };
  check(isCount(limit), `${name}.limit`, "an integer from 1");
  check(isPositive(windowMs), `${name}.windowMs`, "a number of milliseconds above 0");
  return { limit, windowMs };
}

/**
 * Reads a token bucket: its capacity and the tokens that it gains each second.
 *
 * @param {Burst | undefined} value
 * @param {Check} check
 */
export function readBurst(value, check) {
  if (value === undefined) return undefined;
  check(
    typeof value === "object" && value !== null && hasOnly(value, ["perSecond", "burst"]),
    "burst",
    "{ perSecond, burst }",
  );
  const { perSecond, burst = 1 } = value;
  check(isPositive(perSecond), "burst.perSecond", "a number above 0");
  check(isCount(burst), "burst.burst", "an integer from 1");
  return { perSecond, burst };
}
