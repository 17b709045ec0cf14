// The server of one side: a mock that does as the dials say, and a fetch that tells what passes.

import { mockOpenProspect } from "../openprospect/testing/index.js";
import { fate } from "./chance.js";

const LATE = 0;
const LOST = 1;
const PATH = /\/call-(\d+)$/;

/** Every call asks for an order of its own, so that events tell which call they are of. */
export const pathOf = (call) => `call-${call}`;
export const callOf = (path) => Number(PATH.exec(path)?.[1]);

/**
 * @param {object} settings
 * @param {() => number} at the time of the run in milliseconds
 * @param {(event: object) => void} tell
 */
export function serverOf(settings, at, tell) {
  const {
    seed,
    calls,
    kind,
    limit,
    window: seconds,
    advice,
    latency,
    spread,
    downFrom,
    downFor,
    resets,
    stalls,
    left,
  } = settings;
  const limits = {
    window: { rateLimit: { limit, windowMs: seconds * 1000 } },
    bucket: { burst: { perSecond: limit / seconds, burst: Math.max(1, Math.round(limit / 4)) } },
  };
  const mock = mockOpenProspect({
    seed,
    companies: 0,
    prospects: 0,
    prospectSearches: 0,
    blacklists: 0,
    orders: Array.from({ length: calls }, (_, call) => ({ id: pathOf(call), status: "COMPLETED" })),
    retryAfter: ["body", "both", "none"].includes(advice) ? advice : "header",
    rateLimitHeaders: left === "yes",
    ...(limit > 0 && limits[kind]),
  });
  const tries = new Map();
  mock.fail(({ path }) => {
    const call = callOf(path);
    const attempt = (tries.get(call) ?? 0) + 1;
    tries.set(call, attempt);
    const late = {
      times: Infinity,
      latencyMs: latency * (1 + (spread / 100) * (2 * fate(seed, call, attempt, LATE) - 1)),
    };
    if (downFor > 0 && at() >= downFrom * 1000 && at() < (downFrom + downFor) * 1000) return { ...late, status: 503 };
    const lost = fate(seed, call, attempt, LOST) * 100;
    if (lost < resets) return { ...late, reset: "headers" };
    if (lost < resets + stalls) return { ...late, stall: "headers" };
    return late;
  });

  return async function fetch(url, init) {
    const call = callOf(String(url));
    tell({ kind: "sent", call });
    try {
      const response = await mock.fetch(url, init);
      tell({ kind: "answered", call, status: response.status });
      return retold(response, advice);
    } catch (error) {
      tell({ kind: "answered", call, failure: init.signal?.aborted ? "timeout" : "connection" });
      throw error;
    }
  };
}

/** The same wait in another form of the header. */
function retold(response, advice) {
  const seconds = response.headers.get("retry-after");
  const forms = {
    date: () => new Date(Date.parse(response.headers.get("date")) + Math.ceil(seconds) * 1000).toUTCString(),
    list: () => `${seconds}, ${seconds}`,
    text: () => "soon",
  };
  if (seconds === null || !(advice in forms)) return response;
  const headers = new Headers(response.headers);
  headers.set("retry-after", forms[advice]());
  return new Response(response.body, { status: response.status, headers });
}
