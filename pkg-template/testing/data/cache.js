/** Number of results that are cached for each item: enough for a few callers that page concurrently. */
const MOST = 4;

/**
 * Caches what was computed for an item, so that it is not computed again for each page.
 *
 * @template T
 * @returns {(item: object, signature: string, make: () => T) => T} `signature`: everything that determines the result;
 *   a result is cached until newer ones replace it
 */
export function createCache() {
  const known = new WeakMap();
  return (item, signature, make) => {
    if (!known.has(item)) known.set(item, new Map());
    const results = known.get(item);
    const result = results.has(signature) ? results.get(signature) : make();
    // The result that was requested last is dropped last.
    results.delete(signature);
    results.set(signature, result);
    if (results.size > MOST) results.delete(results.keys().next().value);
    return result;
  };
}
