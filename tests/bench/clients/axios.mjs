// https://github.com/softonic/axios-retry: its exponentialDelay respects Retry-After; the first delay is twice the
// factor.

import axios from "axios";
import axiosRetry from "axios-retry";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const client = axios.create({ baseURL: url, headers: { authorization: `Bearer ${key}` } });
  axiosRetry(
    client,
    retries === undefined
      ? { retryDelay: axiosRetry.exponentialDelay }
      : {
          retries,
          retryDelay: (retry, error) => Math.min(capMs, axiosRetry.exponentialDelay(retry, error, baseMs / 2)),
        },
  );
  return { get: async (path, { signal } = {}) => (await client.get(path, { signal })).data };
}
