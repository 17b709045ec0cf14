// The platform's clock and timers, kept consistent with each other.

let last = -Infinity;
let shift = 0;

/** Milliseconds on a clock that never goes back: a wait must not take longer when a test installs a fake clock. */
export function monotonic() {
  const now = performance.now() + shift;
  if (now > last) last = now;
  else if (now < last) shift += last - now;
  return last;
}

/** Node's timers fire up to this many milliseconds early. */
const ROUNDING_MS = 2;

/** Starts a platform timer. A timer that fires before half of its time has passed on the clock does not follow that
 * clock: fake timers may leave `performance` unchanged, and those of `node:test` always do. The clock is then set
 * forward, so that a wait ends when its timer fires. @param {() => void} run @param {number} ms */
export function startTimer(run, ms) {
  const start = monotonic();
  return setTimeout(() => {
    const early = ms - (monotonic() - start);
    if (early > ms / 2 + ROUNDING_MS) shift += early;
    run();
  }, ms);
}
