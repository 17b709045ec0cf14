// https://github.com/sindresorhus/ky: `timeout` includes the retries; its default would end a storm after 10 s.

import ky from "ky";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const options =
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
  const client = ky.create({ headers: { authorization: `Bearer ${key}` }, ...options });
  return { get: (path, { signal } = {}) => client.get(url + path, { signal }).json() };
}
