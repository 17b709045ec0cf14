// https://github.com/sindresorhus/p-retry around fetch; what is not worth another try is an AbortError.

import pRetry, { AbortError } from "p-retry";
import { isRetried, parsed } from "./retried.mjs";

export function make({ url, key, retries, baseMs, capMs }) {
  const headers = { authorization: `Bearer ${key}` };
  const given = retries === undefined ? {} : { retries, minTimeout: baseMs, maxTimeout: capMs, randomize: true };
  return {
    get: (path, { signal } = {}) =>
      pRetry(
        async () => {
          const response = await fetch(url + path, { headers, signal });
          if (response.ok || isRetried(response.status)) return parsed(response);
          throw new AbortError(await parsed(response).catch((error) => error));
        },
        { ...given, signal },
      ),
  };
}
