// Plays calls of every kind, and writes down what was sent and what came of it. A process of its own, since it pollutes what all
// objects have: `node play.mjs ENTRY` prints what was written down without pollution, and for each row of the table with it.

import { createRequire } from "node:module";
import { POLLUTED } from "./table.mjs";

const copy = createRequire(import.meta.url)(process.argv[2]);
/** Waits are as short as they may be. */
Math.random = () => 0;
const KEY = "lnc_test_0f0the0caller";
const bare = (value) => Object.assign(Object.create(null), value);

/** Everything that can be read of it, inherited or not. */
function seen(value) {
  if (typeof value !== "object" || value === null || value instanceof AbortSignal)
    return typeof value === "object" && value !== null ? "a signal" : value;
  const names = [];
  for (const name in value) if (name !== "headers") names.push(name);
  return names.sort().map((name) => [name, seen(value[name])]);
}

/** A server in memory, which answers with what is next and reads options as the platform's fetch does. */
function server(lines, answers) {
  return async (url, init) => {
    // Of headers the platform reads own ones only.
    const own = Object.entries(init.headers).map(([name, value]) => [
      name,
      value.replace(/(?<=openprospect-read=").*(?=")/, "a name of its own"),
    ]);
    lines.push(["sent", url, own.sort(), seen(init)]);
    const [status, body, headers = []] = answers.shift() ?? [200, "{}"];
    // Not the platform's own, which a getter on all objects breaks.
    const all = new Map([["content-type", "application/json"], ["content-length", String(body.length)], ...headers]);
    return bare({
      status,
      type: "basic",
      headers: bare({ get: (asked) => all.get(asked) ?? null }),
      text: async () => body,
    });
  };
}

const CALLS = [
  ["a page that says nothing of itself", [[200, '{"items":[{"id":"a"}]}']], (one) => one.orders.list()],
  ["an older page", [[200, '{"orders":[]}']], (one) => one.orders.list({})],
  ["no page", [[200, "{}"]], (one) => one.orders.list({ limit: 1 })],
  [
    "every page",
    [
      [200, '{"items":[1],"total":2}'],
      [200, '{"items":[2],"total":2}'],
    ],
    (one) => collected(one.orders.all({ limit: 1 })),
  ],
  ["an order", [[200, '{"id":"o"}']], (one) => one.orders.get("o")],
  ["a POST that is not to be sent twice", [[503, "{}"]], (one) => one.post("/x", { body: {} })],
  [
    "one with options",
    [
      [503, "{}"],
      [200, "{}"],
    ],
    (one) => one.post("/x", { body: { a: 1 }, idempotencyKey: "k", headers: { "x-a": "b" }, query: { q: 1 } }),
  ],
  ["a response", [[200, '{"a":1}', [["x-request-id", "r"]]]], (one) => one.request("GET", "/x")],
  ["nothing", [[204, ""]], (one) => one.delete("/x")],
  [
    "a GET that is sent again",
    [
      [500, ""],
      [200, "1"],
    ],
    (one) => one.get("/x"),
  ],
  ["a limit", [[429, '{"retry_after":3600}']], (one) => one.get("/x")],
  ["an error of few words", [[403, "{}"]], (one) => one.get("/x")],
  [
    "an error with details",
    [[403, '{"code":"C","message":"m","details":{"required_scopes":["a"],"__proto__":{"bad":1}}}']],
    (one) => one.get("/x"),
  ],
  ["a redirect", [[302, "", [["location", "/y"]]]], (one) => one.get("/x")],
  ["no JSON", [[200, "<html>"]], (one) => one.get("/x")],
  [
    "a wait",
    [
      [200, '{"status":"RECEIVED"}'],
      [200, '{"id":"no state"}'],
      [200, '{"status":"COMPLETED"}'],
    ],
    (one) => one.orders.wait("o", { pollMs: 1 }),
  ],
  ["a wait that ends badly", [[200, '{"status":"REJECTED"}']], (one) => one.orders.wait("o")],
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
  ["a wrong option", [], (one) => one.get("/x", { timeoutMS: 1 })],
];

async function collected(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Own members alone: what an object inherits is not the client's. */
const told = (value) =>
  typeof value === "object" && value !== null && !(value instanceof Date)
    ? Object.entries(value)
        .filter(([name]) => !/^(?:durationMs|waitMs|retryAt|attempts|requestId)$/.test(name))
        .map(([name, own]) => [name, told(own)])
    : typeof value === "function"
      ? "a function"
      : value instanceof Date
        ? "a date"
        : value;

async function play(make, calls) {
  // All at once: a conflict is waited for.
  return Promise.all(
    calls.map(async ([what, answers, call]) => {
      const lines = [what];
      const left = answers.map((answer) => [...answer]);
      const one = make({
        fetch: server(lines, left),
        onEvent: (event) => lines.push(["event", event.type, told(event)]),
      });
      try {
        lines.push(told(await call(one)));
      } catch (error) {
        lines.push([
          error.name,
          error.message,
          error.attempts?.map(({ status, failure, waitReason }) => [status, failure, waitReason].map(String)),
          told(error),
        ]);
      }
      one.free();
      return [...lines, left.length];
    }),
  );
}

const QUICK = { backoff: { baseMs: 0, maxMs: 0 } };
/** With a key, with one that is asked for, and with nothing at all: then there is no client. */
const CLIENTS = {
  "a key": (more) => new copy.OpenProspect({ apiKey: KEY, ...QUICK, ...more }),
  "an asker": (more) => new copy.OpenProspect({ apiKey: () => KEY, ...QUICK, ...more }),
  "no key": (more) => new copy.OpenProspect({ baseUrl: "https://proxy.test", ...QUICK, ...more }),
};

async function transcript() {
  const all = [];
  for (const [name, make] of Object.entries(CLIENTS))
    all.push([name, await play(make, all.length === 0 ? CALLS : CALLS.slice(0, 4))]);
  try {
    new copy.OpenProspect();
    all.push(["nothing", "a client"]);
  } catch (error) {
    all.push(["nothing", error.name, error.message]);
  }
  // What JSON writes calls what objects have: read before.
  return all;
}

const asLines = (all) => JSON.stringify(all, (_, value) => (value === undefined ? "undefined" : value));
const clean = asLines(await transcript());
const results = [];
for (const [name, value] of POLLUTED) {
  Object.defineProperty(Object.prototype, name, bare({ value, writable: true, enumerable: true, configurable: true }));
  let all;
  try {
    all = await transcript();
  } catch (error) {
    all = [String(error?.stack ?? error)];
  } finally {
    delete Object.prototype[name];
  }
  results.push([name, asLines(all)]);
}
process.stdout.write(JSON.stringify({ clean, results, after: asLines(await transcript()) }));
