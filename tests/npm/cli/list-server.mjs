// A server for `deliveries sync` whose list, body and clock the test changes.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listen } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

export const SEARCH = "search-7";
const MINUTE = 60_000;

/** @typedef {{ [field: string]: unknown, delivered_at?: string }} Company */
/** @typedef {{ items: Company[], total: number, limit: number, offset: number, has_more: boolean }} Page */

/** @type {(from: number, limit: number, all: Company[]) => Page} */
export const pageOf = (from, limit, all) => ({
  items: all.slice(from, from + limit),
  total: all.length,
  limit,
  offset: from,
  has_more: from + limit < all.length,
});

/**
 * A server whose list the test changes, and `sync`, which runs the command.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {Company[]} list
 */
export async function setUp(t, list) {
  const cwd = await folder(t);
  const own = {
    list,
    cwd,
    name: "a.ndjson",
    url: "",
    clock: Date.now,
    /** @type {string[]} The companies of all responses as JSON. */
    received: [],
    /** @type {{ since: string | null, limit: number, from: number }[]} */
    requests: [],
    /** @type {(n: number) => void} Called before each response with its number. */
    onRequest: () => {},
    /** @type {(from: number, limit: number, all: Company[]) => string | number} The body, or the status of an error. */
    body: (from, limit, all) => JSON.stringify(pageOf(from, limit, all)),
    /**
     * @param {string[]} [more]
     * @param {import("./command.mjs").RunOptions} [options]
     */
    sync: (more = [], options = {}) =>
      run(["deliveries", "sync", SEARCH, "--out", own.name, ...more], {
        url: own.url,
        cwd,
        timeoutMs: 2 * MINUTE,
        ...options,
      }),
    lines: async () => (await readFile(join(cwd, own.name), "utf8")).split("\n").filter((line) => line !== ""),
    /** @returns {Promise<Company[]>} */
    rows: async () => (await own.lines()).map((line) => JSON.parse(line)),
  };
  own.url = await listen(t, (request, response) => {
    const query = new URL(request.url, "http://server.test").searchParams;
    const [since, limit, from] = [
      query.get("delivered_since"),
      Number(query.get("limit")),
      Number(query.get("offset")),
    ];
    own.requests.push({ since, limit, from });
    own.onRequest(own.requests.length);
    const all = own.list.filter(
      ({ delivered_at: at }) => since === null || at === undefined || Date.parse(at) > Date.parse(since),
    );
    response.setHeader("date", new Date(own.clock()).toUTCString());
    response.setHeader("content-type", "application/json");
    const body = own.body(from, limit, all);
    if (typeof body === "number")
      return response.writeHead(body).end('{"code":"INTERNAL_ERROR","message":"a row is invalid"}');
    try {
      for (const company of JSON.parse(body).items) own.received.push(JSON.stringify(company));
    } catch {
      // Not a page.
    }
    return response.end(body);
  });
  return own;
}
