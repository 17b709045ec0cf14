// Each client with its own defaults, against a server with a fixed window of one second.

import { burst } from "./burst.mjs";

export const window = {
  name: "window",
  title: "fixed window, default options",
  how: ({ calls, allowed }) => `${calls} calls at once, ${allowed} per one-second window, Retry-After: 1`,
  counted: true,
  waits: true,
  scaled: true,
  rounds: 3,
  sizes: {
    full: { calls: 60, allowed: 10, limitMs: 45_000 },
    quick: { calls: 30, allowed: 10, limitMs: 6_000 },
  },
  settings: {},
  server: ({ allowed }) => ({ kind: "window", allowed, ms: 1000, hint: "header", seconds: 1 }),
  measure: ({ client, size }) => burst(client.get, size),
  metrics: [
    { key: "failures", title: "calls that failed", digits: 0, goal: 0 },
    { key: "requests", title: "requests", digits: 0, goal: 80 },
    { key: "seconds", title: "time to the last success", unit: " s", digits: 1 },
  ],
  metricsOf: (result, counts) => ({
    failures: result.failed + result.unfinished,
    requests: counts.requests,
    seconds: result.failed + result.unfinished === 0 ? result.lastOkMs / 1000 : null,
  }),
};
