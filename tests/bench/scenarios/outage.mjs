// A temporary outage, and callers that call again until they succeed.

import { setTimeout as sleep } from "node:timers/promises";
import { burst } from "./burst.mjs";

const SETTINGS = { retries: 8, baseMs: 100, capMs: 5000 };

/** Repeats the call until it succeeds, with a pause: without it a client that fails immediately would spin. */
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
    `503 for ${ms / 1000} s, ${calls} callers that call again 100 ms after a failed call, ` +
    "8 retries, base 100 ms, cap 5 s",
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
  metrics: [
    { key: "failures", title: "callers without success", digits: 0, goal: 0 },
    { key: "requests", title: "requests per caller during the outage", goal: 0.25 },
    { key: "seconds", title: "time to the last success after recovery", unit: " s", goal: 1.5 },
  ],
  metricsOf: (result, counts, { calls, ms }) => ({
    failures: result.failed + result.unfinished,
    requests: counts.errors / calls,
    seconds: result.ok === calls ? (counts.lastSuccessAt - counts.firstAt - ms) / 1000 : null,
  }),
};
