/**
 * Returns the known word that was probably meant, if one is similar enough.
 *
 * @param {string} input
 * @param {Iterable<string>} known
 * @returns {string | undefined}
 */
export function nearest(input, known) {
  const word = input.toLowerCase();
  let best;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const steps = candidate.startsWith(word) && word.length > 2 ? 1 : distance(word, candidate);
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/**
 * @param {string} input
 * @param {Iterable<string>} known
 */
export function didYouMean(input, known) {
  const word = nearest(input, known);
  return word === undefined ? "" : ` Did you mean ${word}?`;
}

/**
 * Edit distance: letters to insert, delete, replace or swap with the next.
 *
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  /** @type {number[]} */
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
