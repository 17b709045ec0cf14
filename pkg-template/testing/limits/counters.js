/** Tolerance for rounding errors in sums of fractional tokens. */
const ROUNDING = 1e-9;

// Each limiter returns how long a request has to wait (no wait unless above 0), counts a request, and returns the quota
// that remains after a number of further requests.

/** Counts the requests of one key from the first in a window to the window's end. */
export function createWindow({ limit, windowMs }) {
  let [start, used] = [-Infinity, 0];
  const over = (now) => now >= start + windowMs;
  return {
    waitMs: (now) => (used >= limit && !over(now) ? start + windowMs - now : 0),
    take(now) {
      if (over(now)) [start, used] = [now, 0];
      used += 1;
    },
    left(now, taken) {
      const [begun, spent] = over(now) ? [now, 0] : [start, used];
      return { limit, remaining: limit - spent - taken, resetMs: begun + windowMs - now };
    },
  };
}

/** A token bucket, with one token for each request. It is reset when it is full. */
export function createBucket({ perSecond, burst }) {
  let [tokens, at] = [burst, -Infinity];
  const held = (now) => Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
  return {
    waitMs: (now) => ((1 - ROUNDING - held(now)) / perSecond) * 1000,
    take(now) {
      [tokens, at] = [held(now) - 1, now];
    },
    left(now, taken) {
      const kept = held(now) - taken;
      return {
        limit: burst,
        remaining: Math.max(0, Math.floor(kept + ROUNDING)),
        resetMs: ((burst - kept) / perSecond) * 1000,
      };
    },
  };
}
