/** Tolerance for rounding errors in sums of fractional tokens. */
const ROUNDING = 1e-9;

/** @typedef {{limit: number, remaining: number, resetMs: number}} Quota */

/**
 * @typedef {object} Limiter
 * @property {(now: number) => number} waitMs how long a request has to wait; no wait unless above 0
 * @property {(now: number) => void} take counts a request
 * @property {(now: number, taken: number) => Quota} quota what remains after a number of further requests
 */

/**
 * Counts the requests of one key from the first in a window to the window's end.
 *
 * @param {{limit: number, windowMs: number}} options
 * @returns {Limiter}
 */
export function createWindow({ limit, windowMs }) {
  let [start, used] = [-Infinity, 0];
  /** @param {number} now */
  const isOver = (now) => now >= start + windowMs;
  return {
    waitMs: (now) => (used >= limit && !isOver(now) ? start + windowMs - now : 0),
    take(now) {
      if (isOver(now)) [start, used] = [now, 0];
      used += 1;
    },
    quota(now, taken) {
      const [begun, spent] = isOver(now) ? [now, 0] : [start, used];
      return { limit, remaining: limit - spent - taken, resetMs: begun + windowMs - now };
    },
  };
}

/**
 * A token bucket, with one token for each request. It is reset when it is full.
 *
 * @param {{perSecond: number, burst: number}} options
 * @returns {Limiter}
 */
export function createBucket({ perSecond, burst }) {
  let [tokens, at] = [burst, -Infinity];
  /** @param {number} now */
  const available = (now) => Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  return {
    waitMs: (now) => ((1 - ROUNDING - available(now)) / perSecond) * 1000,
    take(now) {
      [tokens, at] = [available(now) - 1, now];
    },
    quota(now, taken) {
      const left = available(now) - taken;
      return {
        limit: burst,
        remaining: Math.max(0, Math.floor(left + ROUNDING)),
        resetMs: ((burst - left) / perSecond) * 1000,
      };
    },
  };
}
