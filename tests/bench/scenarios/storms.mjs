// 300 calls at once on a server that allows 50/s with bursts of 10.

import { burst } from "./burst.mjs";

const SIZES = {
  full: { calls: 300, rate: 50, burst: 10, limitMs: 45_000 },
  quick: { calls: 60, rate: 50, burst: 10, limitMs: 5_000 },
};

const SETTINGS = { retries: 8, baseMs: 100, capMs: 5000 };

/** @param {{ name: string, what: string, hint: string, seconds: number, timeGoal: number }} options */
function storm({ name, what, hint, seconds, timeGoal }) {
  return {
    name,
    title: `storm, ${what}`,
    how: ({ calls, rate, burst: allowed }) =>
      `${calls} calls at once, the server allows ${rate}/s with bursts of ${allowed}, 8 retries, base 100 ms, cap 5 s`,
    counted: true,
    waits: true,
    scaled: true,
    sizes: SIZES,
    rounds: 3,
    settings: SETTINGS,
    server: ({ rate, burst: allowed }) => ({ kind: "bucket", rate, burst: allowed, hint, seconds }),
    measure: ({ client, size }) => burst(client.get, size),
    metrics: [
      { key: "failures", title: "calls that failed", digits: 0, goal: 0 },
      { key: "requests", title: "requests per success", goal: 1.1 },
      { key: "time", title: "time to the last success against the ideal", unit: " ×", goal: timeGoal },
      ...(hint === "none"
        ? []
        : [
            { key: "earlyShared", title: "requests before the Retry-After of any call", digits: 0, goal: 0 },
            { key: "earlyOwn", title: "… of the same call", digits: 0, goal: 0 },
          ]),
    ],
    metricsOf: (result, counts, { calls, rate, burst: allowed }) => ({
      failures: result.failed + result.unfinished,
      requests: result.ok > 0 ? counts.requests / result.ok : null,
      time: result.ok === calls ? result.lastOkMs / (((calls - allowed) / rate) * 1000) : null,
      ...(hint === "none" ? {} : { earlyShared: counts.earlyShared, earlyOwn: counts.earlyOwn }),
    }),
  };
}

export const storms = [
  storm({ name: "storm-header", what: "429 + Retry-After: 1", hint: "header", seconds: 1, timeGoal: 1.45 }),
  storm({ name: "storm-bare", what: "429 without any hint", hint: "none", seconds: 0, timeGoal: 1.25 }),
  storm({
    name: "storm-body",
    what: "429 with retry_after: 0.5 in the body only",
    hint: "body",
    seconds: 0.5,
    timeGoal: 1.3,
  }),
];
