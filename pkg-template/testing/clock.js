/**
 * The mock's own clock: the time of its environment, plus what a test skips.
 *
 * @param {() => number} source
 */
export function createClock(source) {
  let skipped = 0;
  return {
    now: () => source() + skipped,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0)
        throw new TypeError("advance: the time must be a number of milliseconds from 0");
      skipped += ms;
    },
  };
}
