// The package under test. OPENPROSPECT_PKG may name another folder, as in tests/npm.

import { PACKAGE } from "../package.mjs";

const { OpenProspect } = await import(new URL("index.js", PACKAGE).href);

/** @type {import("./index.mjs").Make} */
export function make({ url, key, retries, baseMs, capMs }) {
  const options = retries === undefined ? {} : { maxRetries: retries, backoff: { baseMs, maxMs: capMs } };
  const client = new OpenProspect({ apiKey: key, baseUrl: url, ...options });
  return { get: (path, options) => client.get(path, options) };
}
