/** @typedef {ReturnType<typeof createRandom>} Random */

/**
 * A small seeded generator (mulberry32): the same seed always produces the same data.
 *
 * @param {number} seed
 * @param {string} label separates the streams of one seed: more items of one kind do not change another
 */
export function createRandom(seed, label) {
  let state = seed >>> 0;
  for (const letter of label)
    state = Math.imul(state ^ /** @type {number} */ (letter.codePointAt(0)), 0x01000193) >>> 0;

  /** A number in [0, 1). */
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * An integer in [low, high].
   *
   * @param {number} low
   * @param {number} high
   */
  const between = (low, high) => low + Math.floor(next() * (high - low + 1));

  /**
   * A random element of a list.
   *
   * @template T
   * @param {readonly T[]} list
   */
  const pick = (list) => list[Math.floor(next() * list.length)];

  /** An id in the format of a version 4 UUID. */
  function uuid() {
    const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16));
    hex[12] = "4";
    hex[16] = "89ab"[Math.floor(next() * 4)];
    const text = hex.join("");
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
  }

  return { next, between, pick, uuid };
}
