/** How many results of one item are kept: those of a few callers that page side by side. */
const MOST = 4;

/**
 * Remembers what was worked out for an item, so that its pages are not each worked out anew.
 *
 * @template T
 * @returns {(item: object, signature: string, make: () => T) => T} `signature`: all that decides the result;
 *   a result lasts until others have taken its place
 */
export function createRecall() {
  const known = new WeakMap();
  return (item, signature, make) => {
    if (!known.has(item)) known.set(item, new Map());
    const results = known.get(item);
    const result = results.has(signature) ? results.get(signature) : make();
    // What was asked for last is dropped last.
    results.delete(signature);
    results.set(signature, result);
    if (results.size > MOST) results.delete(results.keys().next().value);
    return result;
  };
}
