/**
 * The mock's own clock: the time of its environment, plus what a test skips.
 *
 * @param {() => number} source
 */
export function createClock(source) {
  let skippedMs = 0;
  return {
    now: () => source() + skippedMs,
    /** @param {number} ms */
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0)
        throw new TypeError("advance: expected a number of milliseconds, 0 or greater");
      skippedMs += ms;
    },
  };
}
