// The platform's clock and timers, made to agree.

let last = -Infinity;
let shift = 0;

/**
 * Milliseconds on a clock that never goes back. A test that puts a clock of its own in the platform's place starts it anew:
 * what waits would wait longer by all that it goes back.
 */
export function monotonic() {
  const now = performance.now() + shift;
  if (now > last) last = now;
  else if (now < last) shift += last - now;
  return last;
}

/** Node's timers fire up to so many milliseconds early. */
const ROUNDING = 2;

/**
 * A timer of the platform. One that fires before half of its time has passed by the clock does not go by that clock: fake timers
 * may leave `performance` as it is, and those of `node:test` always do. The clock is set forward then, so that a wait ends when
 * its timer says so.
 */
export function startTimer(run, ms) {
  const began = monotonic();
  return setTimeout(() => {
    const early = ms - (monotonic() - began);
    if (early > ms / 2 + ROUNDING) shift += early;
    run();
  }, ms);
}
