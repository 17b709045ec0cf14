/** @import { RecordedRequest } from "../index.d.ts" */
/** @import { Incoming } from "../mock.js" */
/** @typedef {{-readonly [field in keyof RecordedRequest]: RecordedRequest[field]}} WritableRecord */
/** @typedef {WritableRecord & {headers: Record<string, string>}} MockRecord A record that the transport completes. */

/** @param {URLSearchParams} query */
function plainQuery(query) {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** @param {string} text */
function plainBody(text) {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The record of one request. The transport sets the last three fields once they are known.
 *
 * @param {number} n
 * @param {number} at
 * @param {Incoming} incoming
 * @returns {MockRecord}
 */
export function createRecord(n, at, { method, url, headers, text }) {
  return {
    n,
    method,
    url: url.href,
    path: url.pathname,
    query: plainQuery(url.searchParams),
    headers,
    body: plainBody(text),
    at,
    fault: undefined,
    status: undefined,
    aborted: false,
  };
}
