// `request METHOD PATH`: any endpoint.

import { callOptions, createClient } from "./client.js";
import { Usage } from "./failure.js";
import { readData } from "./operation.js";

export const requestCommand = {
  noun: "request",
  verb: undefined,
  summary: "Sends a request to any path below the base URL and prints the body that comes back.",
  ids: ["METHOD", "PATH"],
  isOpen: false,
  specs: [
    { name: "query", kind: "list", value: "NAME=VALUE", doc: "a parameter of the query; may be given more than once" },
    { name: "header", kind: "list", value: "NAME:VALUE", doc: "a header; may be given more than once" },
    { name: "data", kind: "string", value: "JSON", doc: "the body: JSON, @FILE, or - for stdin" },
    { name: "include", kind: "boolean", short: "i", doc: "status, headers and attempts too" },
  ],
  async run(_, { values, words: [method, path], output, signal }) {
    const query = pairs("query", values.query, "=");
    const headers = Object.fromEntries(pairs("header", values.header, ":"));
    const body = await readData(values.data, signal);
    const client = await createClient(values, output);
    const response = await client.request(method, path, {
      ...callOptions(values),
      query: grouped(query),
      headers,
      body,
      signal,
    });
    if (!values.include) return output.value(response.data);
    return output.value({ ...response, headers: Object.fromEntries(response.headers) });
  },
};

function pairs(option, given = [], sign) {
  return given.map((text) => {
    const at = text.indexOf(sign);
    if (at < 1) throw new Usage(`--${option} takes NAME${sign}VALUE, not ${JSON.stringify(text)}.`);
    return [text.slice(0, at), text.slice(at + 1).trim()];
  });
}

/** A name that is repeated has a list. */
function grouped(query) {
  // Without a prototype, no name has a special meaning.
  const lists = Object.create(null);
  for (const [name, value] of query) (lists[name] ??= []).push(value);
  return lists;
}
