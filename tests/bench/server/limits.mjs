// Rate limits: functions of the time in ms that return whether a request is allowed.

/** `burst` at once, then `rate` per second. */
export function tokenBucket({ rate, burst }) {
  let tokens = burst;
  /** @type {number | null} */
  let filled = null;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - (filled ?? now)) * rate) / 1000);
    filled = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** `allowed` in each window of `ms`; the first window begins with the first request. */
export function fixedWindow({ allowed, ms }) {
  let first = -Infinity;
  let window = 0;
  let used = 0;
  return (now) => {
    if (first === -Infinity) first = now;
    const current = Math.floor((now - first) / ms);
    if (current > window) [window, used] = [current, 0];
    used += 1;
    return used <= allowed;
  };
}

/** No request for `ms` from the first one on, then every request. */
export function downFor({ ms }) {
  let first = -Infinity;
  return (now) => {
    if (first === -Infinity) first = now;
    return now - first >= ms;
  };
}
