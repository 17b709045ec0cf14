// Reproducible random numbers: the same seed gives the same numbers in Node, in the server and in a page.

export const CALL_ID = "x-call-id";
/** The number of a request within its call, counted by the load: a resend by the browser itself has the same number. */
export const FETCH_NUMBER = "x-soak-fetch";

/** A generator of numbers from 0 to below 1, seeded with words (mulberry32). */
export function chance(...words) {
  let state = 2166136261;
  for (const char of words.join(" ")) state = Math.imul(state ^ char.charCodeAt(0), 16777619) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Picks a row by weight; `sample` is a random number.
 *
 * @template {{ weight: number }} T
 * @param {T[]} rows
 * @param {number} sample
 * @returns {T}
 */
export function pick(rows, sample) {
  let rest = sample * rows.reduce((sum, { weight }) => sum + weight, 0);
  return rows.find(({ weight }) => (rest -= weight) < 0) ?? rows[rows.length - 1];
}

export function shuffled(list, random) {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(random() * left.length), 1)[0]);
}

/** The call id of a request: from its header, or from the path where a method takes no headers. */
export function callIdOf(path, header) {
  return header ?? /\/(call-[\w-]+)/.exec(path)?.[1];
}
