// https://github.com/openai/openai-node as a generic client: `client.get` requests any path. Its delays (0.5 s, doubled
// up to 8 s) cannot be set.

import OpenAI from "openai";

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries }) {
  const client = new OpenAI({ apiKey: key, baseURL: url, ...(retries === undefined ? {} : { maxRetries: retries }) });
  return { get: (path, options) => client.get(path, options) };
}
