// Bare fetch: the baseline of every comparison.

import { parsed } from "./retried.mjs";

/**
 * @param {{ url: string, key: string }} settings
 * @returns {import("./index.mjs").Client}
 */
export function make({ url, key }) {
  const headers = { authorization: `Bearer ${key}` };
  return {
    get: async (path, { signal } = {}) => parsed(await fetch(url + path, { headers, signal })),
  };
}
