// The retry loop of the API's own samples: three attempts, delays of 1, 2, 4 s without jitter, Retry-After is ignored.
// The samples have no maximum delay; the one set here makes the loop comparable with the others.

import { setTimeout as sleep } from "node:timers/promises";
import { isRetried, parsed } from "./retried.mjs";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries = 2, baseMs = 1000, capMs = Infinity }) {
  const headers = { authorization: `Bearer ${key}` };
  return {
    async get(path, { signal } = {}) {
      for (let attempt = 0; ; attempt += 1) {
        const response = await fetch(url + path, { headers, signal });
        if (!isRetried(response.status) || attempt >= retries) return parsed(response);
        // An unread body would keep the connection busy.
        await response.arrayBuffer();
        await sleep(Math.min(capMs, baseMs * 2 ** attempt));
      }
    },
  };
}
