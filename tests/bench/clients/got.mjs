// https://github.com/sindresorhus/got: its first wait is 1 s; another one is set with calculateDelay, which is given
// what the server asked for, and 0 where got would not try again.

import got from "got";

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
