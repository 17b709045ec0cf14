// The platform's clock and timers, kept consistent with each other.

let last = -Infinity;
let shift = 0;

/**
 * Milliseconds on a clock that never goes back. When a test replaces the platform's clock with a fake one, the
 * difference is compensated: otherwise a pending wait would take longer by the time that the clock goes back.
 */
export function monotonic() {
  const now = performance.now() + shift;
  if (now > last) last = now;
  else if (now < last) shift += last - now;
  return last;
}

/** Node's timers fire up to this many milliseconds early. */
const ROUNDING = 2;

/**
 * Starts a platform timer. A timer that fires before half of its time has passed on the clock does not follow that
 * clock: fake timers may leave `performance` unchanged, and those of `node:test` always do. The clock is then set
 * forward, so that a wait ends when its timer fires.
 */
export function startTimer(run, ms) {
  const began = monotonic();
  return setTimeout(() => {
    const early = ms - (monotonic() - began);
    if (early > ms / 2 + ROUNDING) shift += early;
    run();
  }, ms);
}
