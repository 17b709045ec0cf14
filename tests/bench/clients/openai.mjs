// https://github.com/openai/openai-node as a generic client: `client.get` asks any path. Its waits (0.5 s, doubled up
// to 8 s) cannot be set.

import OpenAI from "openai";

export function make({ url, key, retries }) {
  const client = new OpenAI({ apiKey: key, baseURL: url, ...(retries === undefined ? {} : { maxRetries: retries }) });
  return { get: (path, options) => client.get(path, options) };
}
