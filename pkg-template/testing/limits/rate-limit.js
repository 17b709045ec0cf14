import { errorResponse } from "../routes/errors.js";
import { createBucket, createWindow } from "./counters.js";

/** @import { RetryAdvice } from "../index.d.ts" */
/** @import { Settings } from "../options.js" */
/** @import { ApiResponse } from "../routes/route.js" */
/** @import { Limiter } from "./counters.js" */

/** @typedef {{rejection?: undefined, headers?: Record<string, string>, count: () => void}} Admission */
/** @typedef {ReturnType<typeof createLimits>} Limits */

/** @param {number} ms */
const seconds = (ms) => Math.ceil(ms / 1000);

/**
 * The 429, which states the wait where `advice` specifies.
 *
 * @param {number} waitMs
 * @param {RetryAdvice} advice
 * @param {Record<string, string> | undefined} headers
 * @returns {ApiResponse}
 */
function rateLimitedResponse(waitMs, advice, headers) {
  const wait = seconds(waitMs);
  const general = "Too many requests in a short time";
  const response = errorResponse("RATE_LIMIT_EXCEEDED", {
    message: advice === "none" ? general : `${general}: wait ${wait} seconds`,
    headers: { ...headers, ...((advice === "header" || advice === "both") && { "retry-after": String(wait) }) },
  });
  return advice === "body" || advice === "both" ? { ...response, retryAfter: wait } : response;
}

/**
 * The headers of the IETF's draft, for the limit with the least remaining quota.
 *
 * @param {Limiter[]} limiters
 * @param {number} now
 * @param {number} taken
 * @returns {Record<string, string> | undefined}
 */
function headersOf(limiters, now, taken) {
  const tightest = limiters
    .map((limiter) => limiter.quota(now, taken))
    .sort((a, b) => a.remaining - b.remaining || b.resetMs - a.resetMs)
    .at(0);
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
 * @param {Pick<Settings, "rateLimit" | "burst" | "rateLimitHeaders" | "retryAfter">} settings
 */
export function createLimits({ rateLimit, burst, rateLimitHeaders, retryAfter }) {
  /** @type {Map<string | undefined, Limiter[]>} */
  const byKey = new Map();

  /**
   * @param {string | undefined} key
   * @param {Settings["rateLimit"]} own
   */
  function limitersOf(key, own) {
    let limiters = byKey.get(key);
    if (limiters === undefined) {
      const window = own ?? rateLimit;
      limiters = [window && createWindow(window), burst && createBucket(burst)].filter((one) => one !== undefined);
      byKey.set(key, limiters);
    }
    return limiters;
  }

  return {
    /**
     * Returns the 429 for a request, or the headers of its response and a function that counts the request.
     *
     * @param {string | undefined} key
     * @param {Settings["rateLimit"]} own the key's own limit
     * @param {number} now
     * @returns {{rejection: ApiResponse} | Admission}
     */
    check(key, own, now) {
      const limiters = limitersOf(key, own);
      const wait = Math.max(0, ...limiters.map((limiter) => limiter.waitMs(now)));
      const headers = rateLimitHeaders ? headersOf(limiters, now, wait > 0 ? 0 : 1) : undefined;
      if (wait > 0) return { rejection: rateLimitedResponse(wait, retryAfter, headers) };
      return { headers, count: () => limiters.forEach((limiter) => limiter.take(now)) };
    },
  };
}
