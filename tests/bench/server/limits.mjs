// Who is let through. Each takes the time in milliseconds, so that a test can say what time it is.

/** `burst` at once, then `rate` a second. */
export function tokenBucket({ rate, burst }) {
  let tokens = burst;
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
  let first = null;
  let window = 0;
  let used = 0;
  return (now) => {
    first ??= now;
    const current = Math.floor((now - first) / ms);
    if (current > window) [window, used] = [current, 0];
    used += 1;
    return used <= allowed;
  };
}

/** Nobody for `ms` from the first request, then everybody. */
export function downFor({ ms }) {
  let first = null;
  return (now) => {
    first ??= now;
    return now - first >= ms;
  };
}
