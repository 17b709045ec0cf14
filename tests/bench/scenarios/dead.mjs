// A server that always responds with 500.

import { burst } from "./burst.mjs";

export const dead = {
  name: "dead",
  title: "dead server",
  how: ({ calls }) => `500 for every request, ${calls} calls at once, 3 retries, base 100 ms, cap 5 s`,
  counted: true,
  waits: true,
  rounds: 3,
  sizes: { full: { calls: 200, limitMs: 30_000 }, quick: { calls: 200, limitMs: 6_000 } },
  settings: { retries: 3, baseMs: 100, capMs: 5000 },
  server: () => ({ kind: "dead" }),
  measure: ({ client, size }) => burst(client.get, size),
  metrics: [
    { key: "requests", title: "requests per call", goal: 0.15 },
    { key: "seconds", title: "time until all calls ended", unit: " s", goal: 6 },
  ],
  metricsOf: (result, counts, { calls }) => ({
    requests: counts.requests / calls,
    seconds: result.unfinished === 0 ? result.endMs / 1000 : null,
  }),
};
