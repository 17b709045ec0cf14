/** Maximum number of results cached for each item: enough for a few callers that page concurrently. */
const MAX_RESULTS = 4;

/**
 * Caches what was computed for an item, so that it is not computed again for each page.
 *
 * `signature` is everything that determines the result. The least recently used result is evicted first.
 *
 * @template T
 * @returns {(item: object, signature: string, make: () => T) => T}
 */
export function createCache() {
  /** @type {WeakMap<object, Map<string, T>>} */
  const cache = new WeakMap();
  return (item, signature, make) => {
    const results = cache.get(item) ?? new Map();
    cache.set(item, results);
    const result = results.has(signature) ? results.get(signature) : make();
    // Set again at the end: a map keeps its order of insertion.
    results.delete(signature);
    results.set(signature, result);
    if (results.size > MAX_RESULTS) results.delete(results.keys().next().value);
    return result;
  };
}
