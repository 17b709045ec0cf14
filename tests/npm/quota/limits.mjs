// Limits of a server, in virtual time. A request that is rejected does not count.

/**
 * The state of a limit: what remains now, the wait until a request is accepted (0 if one is accepted now), and the time
 * until more requests are available.
 *
 * @typedef {{ limit: number, windowMs: number, remaining: number, waitMs: number, resetMs: number }} State
 */

/**
 * A limit. `setLimit` changes the number of requests at once, as a plan upgrade does.
 *
 * @typedef {object} Limit
 * @property {(now: number) => State} state
 * @property {(now: number) => void} take counts a request
 * @property {(limit: number, now: number) => void} setLimit
 */

/** @typedef {() => Limit} CreateLimit */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Tolerance for rounding errors in sums of fractional tokens. */
const ROUNDING = 1e-9;

/**
 * Windows that follow each other, of `windowMs` each. The run begins `phaseMs` after the begin of a window. Without a
 * phase, a window begins with the first request after the previous one.
 *
 * @param {number} limit
 * @param {number} windowMs
 * @param {{ phaseMs?: number | undefined }} [options]
 * @returns {Limit}
 */
export function fixedWindow(limit, windowMs, { phaseMs } = {}) {
  let [begin, used] = [phaseMs === undefined ? -Infinity : -phaseMs, 0];
  /** @param {number} now */
  const advance = (now) => {
    if (now < begin + windowMs) return;
    begin = phaseMs === undefined ? now : now - ((now + phaseMs) % windowMs);
    used = 0;
  };
  return {
    state(now) {
      const isOver = now >= begin + windowMs;
      if (isOver && phaseMs !== undefined) advance(now);
      // Without a request, the next window has not begun.
      const [spent, resetMs] = isOver && phaseMs === undefined ? [0, windowMs] : [used, begin + windowMs - now];
      const remaining = Math.max(0, limit - spent);
      return { limit, windowMs, remaining, waitMs: remaining > 0 ? 0 : resetMs, resetMs };
    },
    take(now) {
      advance(now);
      used += 1;
    },
    setLimit(value) {
      limit = value;
    },
  };
}

/** The run begins here in a window that does not begin with the first request. */
const PHASE = 25 * MINUTE;

/** An hour that begins with a request. @param {number} limit */
export const hourly = (limit) => () => fixedWindow(limit, HOUR);
/** An hour that does not depend on the requests. @param {number} limit */
export const byTheClock = (limit) => () => fixedWindow(limit, HOUR, { phaseMs: PHASE });

/**
 * At most `limit` requests in any span of `windowMs`.
 *
 * @param {number} limit
 * @param {number} windowMs
 * @returns {Limit}
 */
export function slidingWindow(limit, windowMs) {
  /** @type {number[]} */
  let times = [];
  return {
    state(now) {
      times = times.filter((time) => time > now - windowMs);
      const remaining = Math.max(0, limit - times.length);
      // One request is accepted as soon as fewer than `limit` are left in the window.
      const blocking = times.at(times.length - limit);
      const waitMs = remaining > 0 || blocking === undefined ? 0 : blocking + windowMs - now;
      const resetMs = times.length === 0 ? 0 : times[0] + windowMs - now;
      return { limit, windowMs, remaining, waitMs, resetMs };
    },
    take(now) {
      times.push(now);
    },
    setLimit(value) {
      limit = value;
    },
  };
}

/**
 * A token bucket that holds `burst` tokens and gets `count` tokens in each `periodMs`, evenly.
 *
 * @param {number} count
 * @param {number} periodMs
 * @param {number} [burst]
 * @returns {Limit}
 */
export function tokenBucket(count, periodMs, burst = count) {
  let [tokens, at] = [burst, 0];
  /** @param {number} now */
  const available = (now) => Math.min(burst, tokens + ((now - at) * count) / periodMs);
  return {
    state(now) {
      const left = available(now);
      const remaining = Math.max(0, Math.floor(left + ROUNDING));
      const waitMs = remaining > 0 ? 0 : Math.ceil(((1 - left) * periodMs) / count - ROUNDING);
      const resetMs = Math.ceil(((burst - left) * periodMs) / count - ROUNDING);
      return { limit: burst, windowMs: (burst * periodMs) / count, remaining, waitMs, resetMs };
    },
    take(now) {
      [tokens, at] = [available(now) - 1, now];
    },
    setLimit(value, now) {
      [tokens, at] = [available(now), now];
      burst = (burst * value) / count;
      count = value;
    },
  };
}

/** @returns {Limit} */
export function unlimited() {
  const state = { limit: Infinity, windowMs: 0, remaining: Infinity, waitMs: 0, resetMs: 0 };
  return { state: () => state, take() {}, setLimit() {} };
}

/**
 * A limit that another program uses, too: it sends one request each `everyMs`, if the limit accepts it.
 *
 * @param {Limit} limit
 * @param {number} everyMs
 * @returns {Limit}
 */
export function shared(limit, everyMs) {
  let due = everyMs / 2;
  /** @param {number} now */
  const catchUp = (now) => {
    for (; due <= now; due += everyMs) if (limit.state(due).waitMs === 0) limit.take(due);
  };
  return {
    state: (now) => (catchUp(now), limit.state(now)),
    take: (now) => (catchUp(now), limit.take(now)),
    setLimit: (value, now) => limit.setLimit(value, now),
  };
}

/**
 * A limit whose number of requests changes at a time.
 *
 * @param {Limit} limit
 * @param {number} atMs
 * @param {number} value
 * @returns {Limit}
 */
export function upgraded(limit, atMs, value) {
  let isPending = true;
  /** @param {number} now */
  const apply = (now) => {
    if (isPending && now >= atMs) limit.setLimit(value, now);
    isPending &&= now < atMs;
  };
  return {
    state: (now) => (apply(now), limit.state(now)),
    take: (now) => (apply(now), limit.take(now)),
    setLimit: (value, now) => limit.setLimit(value, now),
  };
}

/**
 * A limit that reports its reset earlier than it happens.
 *
 * @param {Limit} limit
 * @param {number} byMs
 * @returns {Limit}
 */
export function late(limit, byMs) {
  return {
    ...limit,
    state(now) {
      const state = limit.state(now);
      // 1 ms keeps a rejection a rejection.
      const waitMs = state.waitMs === 0 ? 0 : Math.max(1, state.waitMs - byMs);
      return { ...state, waitMs, resetMs: Math.max(0, state.resetMs - byMs) };
    },
  };
}
