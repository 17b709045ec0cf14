// Chance that a seed decides.

/** A number from 0 up to 1 for a call's attempt: the same call meets the same fate, whoever else is on the way. */
export function fate(seed, call, attempt, what) {
  let hash = 2166136261;
  for (const part of [seed, call, attempt, what]) {
    hash = Math.imul(hash ^ part, 16777619);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** In the place of `Math.random`. */
export function dice(seed) {
  let thrown = 0;
  return () => fate(seed, (thrown += 1), 0, 9);
}
