/** @import { Random } from "./random.js" */

const FIRST_WORDS = ["Copper", "Quiet", "Paper", "Violet", "Hollow", "Amber", "Drifting", "Seventh"];
const SECOND_WORDS = ["Orchard", "Lantern", "Kettle", "Harbour", "Meadow", "Compass", "Thimble", "Marble"];

// Seeded dates are fixed: the same seed produces the same bytes on any day.
const FIRST_DAY = Date.UTC(2026, 0, 5, 8);
const HOUR_MS = 3_600_000;
const STEP_MS = 7 * HOUR_MS;

/** @param {Random} random */
export const fakeName = (random) => `${random.pick(FIRST_WORDS)} ${random.pick(SECOND_WORDS)} (made up)`;

/**
 * The fixed time of an item, and a number of hours later.
 *
 * @param {number} index
 */
export const fakeTime = (index, hours = 0) => new Date(FIRST_DAY + index * STEP_MS + hours * HOUR_MS).toISOString();

/**
 * Fixed times for a number of items, all in the past: they begin earlier if some would be in the future.
 *
 * @param {number} now
 * @param {number} count
 * @returns {(index: number) => string}
 */
export function pastTimes(now, count) {
  const begin = Math.min(FIRST_DAY, Math.floor((now - count * STEP_MS) / HOUR_MS) * HOUR_MS);
  return (index) => new Date(begin + index * STEP_MS).toISOString();
}
