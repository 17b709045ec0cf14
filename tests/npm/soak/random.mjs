// Chance that can be had again: the same words give the same numbers, here, in the server and in a page.

export const CALL_ID = "x-call-id";
/** Which of a call's requests it is, as the place counted them: a browser that sends one again by itself does not count. */
export const FETCH_NUMBER = "x-soak-fetch";

/** A function that gives numbers from 0 to below 1. */
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

/** One of a list of rows, whose `weight` says how often. */
export function pick(rows, roll) {
  let rest = roll * rows.reduce((sum, { weight }) => sum + weight, 0);
  return rows.find(({ weight }) => (rest -= weight) < 0) ?? rows.at(-1);
}

export function shuffled(list, roll) {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(roll() * left.length), 1)[0]);
}

/** Which call a request belongs to: a header says it, or the path where a method takes no headers. */
export function callIdOf(path, header) {
  return header ?? /\/(call-[\w-]+)/.exec(path)?.[1];
}
