const HOUR = 3_600_000;

/** The documented tiers: requests of one key in an hour. */
export const TIERS = Object.freeze({ free: 100, pro: 1000 });

/** Where a 429 states how long to wait. */
export const ADVICE = Object.freeze(["header", "body", "both", "none"]);

const isCount = (value) => Number.isSafeInteger(value) && value > 0;
const isPositive = (value) => Number.isFinite(value) && value > 0;
const only = (value, names) => Object.keys(value).every((name) => names.includes(name));

/** Reads a limit: requests of one key in a window, or a tier whose numbers the other fields override. */
export function readRateLimit(given, need, name = "rateLimit") {
  if (given === undefined) return undefined;
  need(
    typeof given === "object" && given !== null && only(given, ["limit", "windowMs", "tier"]),
    name,
    "{ limit, windowMs, tier }",
  );
  const { tier, ...own } = given;
  need(tier === undefined || Object.hasOwn(TIERS, tier), `${name}.tier`, Object.keys(TIERS).join(", "));
  const { limit, windowMs } = { windowMs: HOUR, limit: TIERS[tier], ...own };
  need(isCount(limit), `${name}.limit`, "a whole number from 1");
  need(isPositive(windowMs), `${name}.windowMs`, "a number of milliseconds above 0");
  return { limit, windowMs };
}

/** Reads a token bucket: its capacity and the tokens that it gains each second. */
export function readBurst(given, need) {
  if (given === undefined) return undefined;
  need(
    typeof given === "object" && given !== null && only(given, ["perSecond", "burst"]),
    "burst",
    "{ perSecond, burst }",
  );
  const { perSecond, burst = 1 } = given;
  need(isPositive(perSecond), "burst.perSecond", "a number above 0");
  need(isCount(burst), "burst.burst", "a whole number from 1");
  return { perSecond, burst };
}
