// Random numbers that depend only on a seed.

/**
 * A number from 0 up to 1 for an attempt of a call. It does not depend on the order in which calls are made.
 *
 * @param {number} seed
 * @param {number} call
 * @param {number} attempt
 * @param {number} stream one for each decision about an attempt
 */
export function sample(seed, call, attempt, stream) {
  let hash = 2166136261;
  for (const part of [seed, call, attempt, stream]) {
    hash = Math.imul(hash ^ part, 16777619);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) / 2 ** 32;
}

/**
 * Replaces `Math.random`.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function seededRandom(seed) {
  let count = 0;
  return () => sample(seed, (count += 1), 0, 9);
}
