import { refusal } from "./errors.js";

/** What sums of fractions may lack of a whole token. */
const ROUNDING = 1e-9;

function tooMany(seconds) {
  const answer = refusal("RATE_LIMIT_EXCEEDED", {
    message: `Too many requests in a short time: wait ${seconds} seconds`,
    headers: { "retry-after": String(seconds) },
  });
  return { ...answer, retryAfter: seconds };
}

/** Counts the requests of one key from the first in a window to the window's end. */
function createWindow({ limit, windowMs }) {
  let [start, used] = [-Infinity, 0];
  return {
    waitMs: (now) => (used >= limit && now < start + windowMs ? start + windowMs - now : 0),
    take(now) {
      if (now >= start + windowMs) [start, used] = [now, 0];
      used += 1;
    },
  };
}

/** A bucket of tokens, one for each request. */
function createBucket({ perSecond, burst }) {
  let [tokens, at] = [burst, -Infinity];
  const held = (now) => Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  return {
    waitMs: (now) => (held(now) >= 1 - ROUNDING ? 0 : ((1 - held(now)) / perSecond) * 1000),
    take(now) {
      [tokens, at] = [held(now) - 1, now];
    },
  };
}

/**
 * The limits of each key, by the mock's clock. A refused request does not count.
 *
 * @param {{rateLimit?: object, burst?: object}} settings
 */
export function createLimits({ rateLimit, burst }) {
  const byKey = new Map();

  function gatesOf(key, own) {
    if (!byKey.has(key)) {
      const window = own ?? rateLimit;
      byKey.set(key, [window && createWindow(window), burst && createBucket(burst)].filter((gate) => gate !== undefined));
    }
    return byKey.get(key);
  }

  return {
    /** The refusal that a request earns, or what counts it. */
    ask(key, own, now) {
      const gates = gatesOf(key, own);
      const wait = Math.max(0, ...gates.map((gate) => gate.waitMs(now)));
      if (wait > 0) return { refused: tooMany(Math.ceil(wait / 1000)) };
      return { count: () => gates.forEach((gate) => gate.take(now)) };
    },
  };
}
