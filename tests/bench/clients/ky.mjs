// https://github.com/sindresorhus/ky: `timeout` covers the retries too, and would end a storm after 10 s.

import ky from "ky";

export function make({ url, key, retries, baseMs, capMs }) {
  const given =
    retries === undefined
      ? {}
      : {
          timeout: 120_000,
          retry: {
            limit: retries,
            delay: (attempt) => baseMs * 2 ** (attempt - 1),
            backoffLimit: capMs,
            jitter: true,
          },
        };
  const client = ky.create({ headers: { authorization: `Bearer ${key}` }, ...given });
  return { get: (path, { signal } = {}) => client.get(url + path, { signal }).json() };
}
