// https://github.com/sindresorhus/got: its first delay is 1 s. calculateDelay replaces it; it receives the Retry-After
// of the server, and 0 where got would not retry.

import got from "got";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const retry =
    retries === undefined
      ? {}
      : {
          limit: retries,
          calculateDelay: ({ attemptCount, retryAfter, retryOptions, computedValue }) => {
            if (computedValue === 0) return 0;
            if (retryAfter) return retryAfter;
            return Math.min(capMs, baseMs * 2 ** (attemptCount - 1)) + Math.random() * retryOptions.noise;
          },
        };
  const client = got.extend({ prefixUrl: url, headers: { authorization: `Bearer ${key}` }, retry });
  return { get: (path, { signal } = {}) => client.get(path.slice(1), { signal }).json() };
}
