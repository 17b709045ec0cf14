// https://github.com/sindresorhus/p-retry around fetch; a failure that must not be retried is an AbortError.

import pRetry, { AbortError } from "p-retry";
import { isRetried, parsed } from "./retried.mjs";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const headers = { authorization: `Bearer ${key}` };
  const options = retries === undefined ? {} : { retries, minTimeout: baseMs, maxTimeout: capMs, randomize: true };
  return {
    get: (path, { signal } = {}) =>
      pRetry(
        async () => {
          const response = await fetch(url + path, { headers, signal });
          if (response.ok || isRetried(response.status)) return parsed(response);
          throw new AbortError(await parsed(response).catch((error) => error));
        },
        { ...options, signal },
      ),
  };
}
