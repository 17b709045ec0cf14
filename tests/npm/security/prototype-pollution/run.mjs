// Makes calls of every kind, and records the requests and results. `node run.mjs ENTRY` prints the record without
// pollution, and one for each row of the table. It is a separate process, since it pollutes Object.prototype.

import { createRequire } from "node:module";
import { POLLUTED } from "./table.mjs";

const copy = createRequire(import.meta.url)(process.argv[2]);
/** The shortest waits. */
Math.random = () => 0;
const KEY = "lnc_test_0f0the0caller";
/** @param {object} value */
const bare = (value) => Object.assign(Object.create(null), value);

/**
 * Everything that can be read from a value, own or inherited.
 *
 * @param {any} value
 * @returns {unknown}
 */
function readable(value) {
  if (typeof value !== "object" || value === null || value instanceof AbortSignal)
    return typeof value === "object" && value !== null ? "a signal" : value;
  const names = [];
  for (const name in value) if (name !== "headers") names.push(name);
  return names.sort().map((name) => [name, readable(value[name])]);
}

/**
 * @typedef {[status: number, body: string, headers?: [name: string, value: string][]]} Answer
 * @typedef {(client: any) => Promise<unknown>} Call
 */

/**
 * A fetch that returns one answer after the other, and reads its init as the fetch of the platform does.
 *
 * @param {unknown[]} lines the record
 * @param {Answer[]} answers
 */
function server(lines, answers) {
  /**
   * @param {string} url
   * @param {{ headers: Record<string, string> }} init
   */
  return async (url, init) => {
    // The platform reads only own headers.
    const own = Object.entries(init.headers).map(([name, value]) => [
      name,
      value.replace(/(?<=openprospect-read=").*(?=")/, "a unique name"),
    ]);
    lines.push(["sent", url, own.sort(), readable(init)]);
    const [status, body, headers = []] = answers.shift() ?? [200, "{}"];
    // Not a Response of the platform, which fails with a polluted prototype.
    const all = new Map([["content-type", "application/json"], ["content-length", String(body.length)], ...headers]);
    return bare({
      status,
      type: "basic",
      /** @type {any} */
      headers: bare({ get: (/** @type {string} */ name) => all.get(name) ?? null }),
      text: async () => body,
    });
  };
}

/** @type {[what: string, answers: Answer[], call: Call][]} */
const CALLS = [
  ["a page without counts", [[200, '{"items":[{"id":"a"}]}']], (one) => one.orders.list()],
  ["a legacy page", [[200, '{"orders":[]}']], (one) => one.orders.list({})],
  ["an invalid page", [[200, "{}"]], (one) => one.orders.list({ limit: 1 })],
  [
    "every page",
    [
      [200, '{"items":[1],"total":2}'],
      [200, '{"items":[2],"total":2}'],
    ],
    (one) => collected(one.orders.all({ limit: 1 })),
  ],
  ["an order", [[200, '{"id":"o"}']], (one) => one.orders.get("o")],
  ["a POST that is not retried", [[503, "{}"]], (one) => one.post("/x", { body: {} })],
  [
    "a POST with options",
    [
      [503, "{}"],
      [200, "{}"],
    ],
    (one) => one.post("/x", { body: { a: 1 }, idempotencyKey: "k", headers: { "x-a": "b" }, query: { q: 1 } }),
  ],
  ["a response", [[200, '{"a":1}', [["x-request-id", "r"]]]], (one) => one.request("GET", "/x")],
  ["no content", [[204, ""]], (one) => one.delete("/x")],
  [
    "a GET that is retried",
    [
      [500, ""],
      [200, "1"],
    ],
    (one) => one.get("/x"),
  ],
  ["a limit", [[429, '{"retry_after":3600}']], (one) => one.get("/x")],
  ["an error without a message", [[403, "{}"]], (one) => one.get("/x")],
  [
    "an error with details",
    [[403, '{"code":"C","message":"m","details":{"required_scopes":["a"],"__proto__":{"bad":1}}}']],
    (one) => one.get("/x"),
  ],
  ["a redirect", [[302, "", [["location", "/y"]]]], (one) => one.get("/x")],
  ["invalid JSON", [[200, "<html>"]], (one) => one.get("/x")],
  [
    "a wait",
    [
      [200, '{"status":"RECEIVED"}'],
      [200, '{"id":"no state"}'],
      [200, '{"status":"COMPLETED"}'],
    ],
    (one) => one.orders.wait("o", { pollMs: 1 }),
  ],
  ["a wait whose job fails", [[200, '{"status":"REJECTED"}']], (one) => one.orders.wait("o")],
  [
    "an edit",
    [
      [200, '{"version":1}'],
      [409, "{}"],
      [200, '{"version":2}'],
      [200, "{}"],
    ],
    (one) => one.prospectSearches.edit("s", () => ({ name: "n" })),
  ],
  ["entries", [[200, "{}"]], (one) => one.blacklists.addEntries("b", [{ city: "c" }])],
  ["an invalid option", [], (one) => one.get("/x", { timeoutMS: 1 })],
];

/** @param {AsyncIterable<unknown>} items */
async function collected(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/**
 * Own properties only: inherited ones are not of the client.
 *
 * @param {any} value
 * @returns {unknown}
 */
const ownProperties = (value) =>
  typeof value === "object" && value !== null && !(value instanceof Date)
    ? Object.entries(value)
        .filter(([name]) => !/^(?:durationMs|waitMs|retryAt|attempts|requestId)$/.test(name))
        .map(([name, own]) => [name, ownProperties(own)])
    : typeof value === "function"
      ? "a function"
      : value instanceof Date
        ? "a date"
        : value;

/**
 * @param {(options: object) => any} make
 * @param {typeof CALLS} calls
 */
async function play(make, calls) {
  // Concurrently, since a conflict retry waits.
  return Promise.all(
    calls.map(async ([what, answers, call]) => {
      /** @type {unknown[]} */
      const lines = [what];
      const left = [...answers];
      const one = make({
        fetch: server(lines, left),
        onEvent: (event) => lines.push(["event", event.type, ownProperties(event)]),
      });
      try {
        lines.push(ownProperties(await call(one)));
      } catch (error) {
        lines.push([
          error.name,
          error.message,
          error.attempts?.map(({ status, failure, waitReason }) => [status, failure, waitReason].map(String)),
          ownProperties(error),
        ]);
      }
      one.free();
      return [...lines, left.length];
    }),
  );
}

const QUICK = { backoff: { baseMs: 0, maxMs: 0 } };
/**
 * Clients with a key, with a key provider, and without a key.
 *
 * @type {Record<string, (options: object) => any>}
 */
const CLIENTS = {
  "a key": (more) => new copy.OpenProspect({ apiKey: KEY, ...QUICK, ...more }),
  "a key provider": (more) => new copy.OpenProspect({ apiKey: () => KEY, ...QUICK, ...more }),
  "no key": (more) => new copy.OpenProspect({ baseUrl: "https://proxy.test", ...QUICK, ...more }),
};

async function record() {
  /** @type {unknown[]} */
  const all = [];
  for (const [name, make] of Object.entries(CLIENTS))
    all.push([name, await play(make, all.length === 0 ? CALLS : CALLS.slice(0, 4))]);
  try {
    new copy.OpenProspect();
    all.push(["no options", "a client"]);
  } catch (error) {
    all.push(["no options", error.name, error.message]);
  }
  return all;
}

/** @param {unknown} all */
const asLines = (all) => JSON.stringify(all, (_, value) => (value === undefined ? "undefined" : value));
const clean = asLines(await record());
const results = [];
for (const [name, value] of POLLUTED) {
  Object.defineProperty(Object.prototype, name, bare({ value, writable: true, enumerable: true, configurable: true }));
  let all;
  try {
    all = await record();
  } catch (error) {
    all = [String(error?.stack ?? error)];
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
  results.push([name, asLines(all)]);
}
process.stdout.write(JSON.stringify({ clean, results, after: asLines(await record()) }));
