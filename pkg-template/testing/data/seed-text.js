const FIRST_WORDS = ["Copper", "Quiet", "Paper", "Violet", "Hollow", "Amber", "Drifting", "Seventh"];
const SECOND_WORDS = ["Orchard", "Lantern", "Kettle", "Harbour", "Meadow", "Compass", "Thimble", "Marble"];

// Seeded dates are fixed: the same seed produces the same bytes on any day.
const FIRST_DAY = Date.UTC(2026, 0, 5, 8);
const HOUR = 3_600_000;

export const madeUpName = (random) => `${random.pick(FIRST_WORDS)} ${random.pick(SECOND_WORDS)} (made up)`;
const STEP = 7 * HOUR;
export const madeUpTime = (index, hours = 0) => new Date(FIRST_DAY + index * STEP + hours * HOUR).toISOString();

/** Fixed times for a number of items, all in the past: they begin earlier if some would be in the future. */
export function pastTimes(now, count) {
  const begin = Math.min(FIRST_DAY, Math.floor((now - count * STEP) / HOUR) * HOUR);
  return (index) => new Date(begin + index * STEP).toISOString();
}
