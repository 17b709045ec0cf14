// A server that is down for a while, and callers that do not give up.

import { setTimeout as sleep } from "node:timers/promises";
import { burst } from "./burst.mjs";

const SETTINGS = { retries: 8, baseMs: 100, capMs: 5000 };

/** Calls until it succeeds, with a moment between two calls: without it a client that gives up at once would spin. */
async function untilSuccess(get, path, endAt) {
  for (;;) {
    try {
      return await get(path);
    } catch (error) {
      if (performance.now() > endAt) throw error;
      await sleep(SETTINGS.baseMs);
    }
  }
}

export const outage = {
  name: "outage",
  title: "outage",
  how: ({ calls, ms }) =>
    `503 for ${ms / 1000} s, ${calls} callers that call again 100 ms after a failed call, 8 retries, base 100 ms, cap 5 s`,
  counted: true,
  waits: true,
  scaled: true,
  rounds: 3,
  sizes: {
    full: { calls: 200, ms: 5000, limitMs: 30_000 },
    quick: { calls: 200, ms: 1000, limitMs: 5_000 },
  },
  settings: SETTINGS,
  server: ({ ms }) => ({ kind: "down", ms }),
  measure: ({ client, size }) => {
    const endAt = performance.now() + size.limitMs;
    return burst((path) => untilSuccess(client.get, path, endAt), size);
  },
  figures: [
    { key: "failures", title: "callers not served", digits: 0, goal: 0 },
    { key: "requests", title: "requests per caller during it", goal: 0.25 },
    { key: "seconds", title: "all served after recovery", unit: " s", goal: 1.5 },
  ],
  figuresOf: (result, counts, { calls, ms }) => ({
    failures: result.failed + result.unfinished,
    requests: counts.errors / calls,
    seconds: result.ok === calls ? (counts.lastSuccessAt - counts.firstAt - ms) / 1000 : null,
  }),
};
