// https://github.com/nodejs/undici: its RetryAgent, used with `request` as in its documentation.

import { Agent, RetryAgent } from "undici";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const options = retries === undefined ? {} : { maxRetries: retries, minTimeout: baseMs, maxTimeout: capMs };
  const agent = new RetryAgent(new Agent(), options);
  const headers = { authorization: `Bearer ${key}` };
  return {
    async get(path, { signal } = {}) {
      const { statusCode, body } = await agent.request({ origin: url, path, method: "GET", headers, signal });
      const data = /** @type {any} */ (await body.json());
      if (statusCode < 300) return data;
      throw Object.assign(new Error(data.error?.message), { status: statusCode, body: data });
    },
    close: () => agent.close(),
  };
}
