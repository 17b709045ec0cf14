// Bare fetch: what everything else is compared with.

import { parsed } from "./retried.mjs";

export function make({ url, key }) {
  const headers = { authorization: `Bearer ${key}` };
  return {
    get: async (path, { signal } = {}) => parsed(await fetch(url + path, { headers, signal })),
  };
}
