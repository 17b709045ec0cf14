// The loop of the API's own samples: three attempts, waits of 1, 2, 4 s without jitter, no look at Retry-After. The
// samples have no cap; the one given keeps it comparable with the others.

import { setTimeout as sleep } from "node:timers/promises";
import { isRetried, parsed } from "./retried.mjs";

export function make({ url, key, retries = 2, baseMs = 1000, capMs = Infinity }) {
  const headers = { authorization: `Bearer ${key}` };
  return {
    async get(path, { signal } = {}) {
      for (let attempt = 0; ; attempt += 1) {
        const response = await fetch(url + path, { headers, signal });
        if (!isRetried(response.status) || attempt >= retries) return parsed(response);
        // Unread, it would keep its connection.
        await response.arrayBuffer();
        await sleep(Math.min(capMs, baseMs * 2 ** attempt));
      }
    },
  };
}
