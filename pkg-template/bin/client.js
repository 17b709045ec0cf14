// The client of a command: its key, its options and its progress messages.

import { readFile } from "node:fs/promises";
import { OpenProspect } from "../index.js";
import { Problem } from "./failure.js";
import { clock, milliseconds, spoken } from "./time.js";

/** States that last hours at the vendor last seconds here, so that waiting can be tried out. */
const MOCK_DURATIONS = { RECEIVED: 1500, ACCEPTED: 1500, IN_PROGRESS: 3000, PENDING: 1500, RUNNING: 3000 };
export const MOCK_POLL_MS = 250;

/** Call options from the command line; `defaults` are the command's own. */
export function callOptions(values, defaults = {}) {
  const time = (option) => (values[option] === undefined ? undefined : milliseconds(option, values[option]));
  const given = {
    timeoutMs: time("timeout"),
    deadlineMs: time("deadline"),
    maxRetries: values.retries,
    idempotencyKey: values["idempotency-key"],
  };
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

/** The same for commands that only read, with many requests: a shared idempotency key would make them one request. */
export function readOptions(values, { note }, defaults) {
  const { idempotencyKey, ...options } = callOptions(values, defaults);
  if (idempotencyKey !== undefined) note("--idempotency-key is not sent: this command only reads.");
  return options;
}

export async function createClient(values, output, more) {
  const { client } = await connect(values, output, more);
  return client;
}

/** Creates a client and returns it with its key; `wrapFetch` wraps the default `fetch`. */
export async function connect(values, output, { wrapFetch, ...more } = {}) {
  const options = { ...more, onEvent: listener(values.verbose, output, more.onEvent) };
  if (values["base-url"] !== undefined) options.baseUrl = values["base-url"];
  if (values["key-file"] !== undefined) options.apiKey = await keyOf(values["key-file"]);
  if (values.mock) Object.assign(options, await mockOptions());
  if (wrapFetch !== undefined) options.fetch = wrapFetch(options.fetch ?? globalThis.fetch);
  try {
    return { client: new OpenProspect(options), key: options.apiKey ?? process.env.OPENPROSPECT_API_KEY };
  } catch (error) {
    if (error.option === "apiKey" && options.apiKey === undefined) {
      error.hint = "set OPENPROSPECT_API_KEY, or write the key into a file and give --key-file FILE; --mock needs none";
    }
    throw error;
  }
}

async function keyOf(file) {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new Problem(`The key file cannot be read: ${cause.message}`, { exit: 2, cause });
  }
  const key = text.trim();
  if (key === "") throw new Problem(`The key file ${file} is empty.`, { exit: 2 });
  return key;
}

async function mockOptions() {
  const { mockOpenProspect, TEST_KEYS } = await import("../testing/node.js");
  const mock = mockOpenProspect({ durations: MOCK_DURATIONS });
  return { apiKey: TEST_KEYS.full, baseUrl: "http://127.0.0.1", fetch: mock.fetch };
}

/** Without --verbose, pauses are still reported on a terminal, to explain why nothing happens. */
function listener(isVerbose, { note, isWatched, errorStyle: { dim } }, also) {
  return (event) => {
    also?.(event);
    const words = WORDS[event.type]?.(event);
    const isPause = event.type === "throttled" || event.type === "outage";
    if (words !== undefined && (isVerbose || (isPause && isWatched && !also))) note(dim(words));
  };
}

const WORDS = {
  attempt: ({ method, path, attempt, status, failure, durationMs, requestId }) =>
    `${method} ${path}: attempt ${attempt}, ${status ?? failure ?? "not sent"} after ${spoken(durationMs)}${requestId ? ` (${requestId})` : ""}`,
  retry: ({ method, path, waitMs, waitReason }) =>
    `${method} ${path}: again in ${spoken(waitMs)}${waitReason === "retry_after" ? ", as the server asks" : ""}`,
  throttled: ({ until }) => `the server's limit is reached: waiting until ${clock(until)}`,
  outage: ({ failures, until }) => `the server is down (${failures} failures in a row): next look at ${clock(until)}`,
  resumed: () => "sending goes on",
  progress: ({ sent, total }) => `${sent} of ${total} accepted`,
  alert: ({ operation, count }) => `${operation}: ${count} attempts in a row failed`,
  recovered: ({ operation }) => `${operation}: succeeds again`,
};
