import { refusal } from "../routes/errors.js";
import { createBucket, createWindow } from "./counters.js";

const seconds = (ms) => Math.ceil(ms / 1000);

/** The 429, which states the wait where `advice` specifies. */
function tooMany(waitMs, advice, headers) {
  const wait = seconds(waitMs);
  const general = "Too many requests in a short time";
  const answer = refusal("RATE_LIMIT_EXCEEDED", {
    message: advice === "none" ? general : `${general}: wait ${wait} seconds`,
    headers: { ...headers, ...((advice === "header" || advice === "both") && { "retry-after": String(wait) }) },
  });
  return advice === "body" || advice === "both" ? { ...answer, retryAfter: wait } : answer;
}

/** The headers of the IETF's draft, for the limit with the least remaining quota. */
function headersOf(gates, now, taken) {
  const [tightest] = gates
    .map((gate) => gate.left(now, taken))
    .sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs);
  if (tightest === undefined) return undefined;
  const { limit, remaining, resetMs } = tightest;
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(seconds(resetMs)),
  };
}

/**
 * The rate limits of each key, by the mock's clock. A rejected request does not count.
 *
 * @param {{rateLimit?: object, burst?: object, rateLimitHeaders: boolean, retryAfter: "header" | "body" | "both" | "none"}} settings
 */
export function createLimits({ rateLimit, burst, rateLimitHeaders, retryAfter }) {
  const byKey = new Map();

  function gatesOf(key, own) {
    if (!byKey.has(key)) {
      const window = own ?? rateLimit;
      byKey.set(
        key,
        [window && createWindow(window), burst && createBucket(burst)].filter((gate) => gate !== undefined),
      );
    }
    return byKey.get(key);
  }

  return {
    /** Returns the 429 for a request, or the headers of its response and a function that counts the request. */
    ask(key, own, now) {
      const gates = gatesOf(key, own);
      const wait = Math.max(0, ...gates.map((gate) => gate.waitMs(now)));
      const headers = rateLimitHeaders ? headersOf(gates, now, wait > 0 ? 0 : 1) : undefined;
      if (wait > 0) return { refused: tooMany(wait, retryAfter, headers) };
      return { headers, count: () => gates.forEach((gate) => gate.take(now)) };
    },
  };
}
