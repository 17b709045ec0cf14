// https://github.com/smithy-lang/smithy-typescript: a retry strategy around fetch, used as its retry middleware does.
// The base delay can be set for server errors; after a 429 it is 1 s, and the maximum is 20 s.

import { setTimeout as sleep } from "node:timers/promises";
import { parsed } from "./retried.mjs";

const TRANSIENT = new Set([500, 502, 503, 504]);

/**
 * @param {any} strategy
 * @param {{ url: string, key: string }} settings
 * @returns {import("./index.mjs").Client}
 */
export function around(strategy, { url, key }) {
  const headers = { authorization: `Bearer ${key}` };
  return {
    async get(path, { signal } = {}) {
      let token = await unlessAborted(signal, strategy.acquireInitialRetryToken(""));
      for (;;) {
        try {
          const body = await parsed(await fetch(url + path, { headers, signal }));
          strategy.recordSuccess(token);
          return body;
        } catch (error) {
          if (signal?.aborted) throw signal.reason;
          token = await next(strategy, token, error, signal);
        }
      }
    },
  };
}

/** Waits and returns the token of the next attempt; throws the error itself if there is none. */
async function next(strategy, token, error, signal) {
  let refreshed;
  try {
    refreshed = await unlessAborted(signal, strategy.refreshRetryTokenForRetry(token, describe(error)));
  } catch {
    throw signal?.aborted ? signal.reason : error;
  }
  const delay = refreshed.getRetryDelay();
  if (delay > 0) await sleep(delay, undefined, { signal });
  return refreshed;
}

function describe(error) {
  const seconds = error.headers?.get("retry-after");
  return {
    error,
    errorType: error.status === 429 ? "THROTTLING" : TRANSIENT.has(error.status) ? "TRANSIENT" : "CLIENT_ERROR",
    ...(seconds ? { retryAfterHint: new Date(Date.now() + Number(seconds) * 1000) } : {}),
  };
}

/** Rejects when the signal aborts, as the middleware does; the strategy itself has no signal. */
function unlessAborted(signal, promise) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
