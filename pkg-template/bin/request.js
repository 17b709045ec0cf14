// `request METHOD PATH`: any endpoint.

import { callOptions, createClient } from "./client.js";
import { Usage } from "./failure.js";
import { readData } from "./operation.js";

/** @type {import("./table.js").Command} */
export const requestCommand = {
  noun: "request",
  verb: undefined,
  summary: "Sends a request to any path below the base URL and prints the body of the response.",
  ids: ["METHOD", "PATH"],
  isOpen: false,
  specs: [
    { name: "query", kind: "list", value: "NAME=VALUE", doc: "a query parameter; may be repeated" },
    { name: "header", kind: "list", value: "NAME:VALUE", doc: "a header; may be repeated" },
    { name: "data", kind: "string", value: "JSON", doc: "the body: JSON, @FILE, or - for stdin" },
    { name: "include", kind: "boolean", short: "i", doc: "also print status, headers and attempts" },
  ],
  async run(_, { values, args: [method, path], output, signal }) {
    const query = pairs("query", values.query, "=");
    const headers = Object.fromEntries(pairs("header", values.header, ":"));
    const body = await readData(values.data, signal);
    const client = await createClient(values, output);
    const response = await client.request(/** @type {import("../../pkg/index.js").HttpMethod} */ (method), path, {
      ...callOptions(values, {}),
      query: grouped(query),
      headers,
      body,
      signal,
    });
    if (!values.include) return output.value(response.data);
    return output.value({ ...response, headers: Object.fromEntries(response.headers) });
  },
};

/**
 * @param {string} option
 * @param {string[] | undefined} texts
 * @param {string} sign
 * @returns {[name: string, value: string][]}
 */
function pairs(option, texts = [], sign) {
  return texts.map((text) => {
    const at = text.indexOf(sign);
    if (at < 1) throw new Usage(`--${option}: got ${JSON.stringify(text)}; expected NAME${sign}VALUE.`);
    return [text.slice(0, at), text.slice(at + 1).trim()];
  });
}

/**
 * Collects the values of each name in a list.
 *
 * @param {[name: string, value: string][]} query
 */
function grouped(query) {
  /** @type {Record<string, string[]>} Without a prototype, no name has a special meaning. */
  const lists = Object.create(null);
  for (const [name, value] of query) (lists[name] ??= []).push(value);
  return lists;
}
