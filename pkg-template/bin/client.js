// The client of a command: its key, its options, and what it tells while it works.

import { readFile } from "node:fs/promises";
import { OpenProspect } from "../index.js";
import { Problem } from "./failure.js";
import { clock, milliseconds, spoken } from "./time.js";

/** States that last hours at the vendor's last moments here, so that waiting can be tried. */
const MOCK_DURATIONS = { RECEIVED: 1500, ACCEPTED: 1500, IN_PROGRESS: 3000, PENDING: 1500, RUNNING: 3000 };
export const MOCK_POLL_MS = 250;

/** A client that sends nothing: it loads the module, for the table in it. */
export function operationsText() {
  new OpenProspect({ apiKey: () => "", baseUrl: "http://127.0.0.1" }).free();
  return OpenProspect.operations();
}

/** The options of a call that the command line gives; `defaults` are the command's own. */
export function callOptions(values, defaults = {}) {
  const time = (option) => (values[option] === undefined ? undefined : milliseconds(option, values[option]));
  const given = { timeoutMs: time("timeout"), deadlineMs: time("deadline"), maxRetries: values.retries, idempotencyKey: values["idempotency-key"] };
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

export async function createClient(values, output, more = {}) {
  const options = { ...more, onEvent: listener(values.verbose, output, more.onEvent) };
  if (values["base-url"] !== undefined) options.baseUrl = values["base-url"];
  if (values["key-file"] !== undefined) options.apiKey = await keyOf(values["key-file"]);
  if (values.mock) Object.assign(options, await mockOptions());
  try {
    return new OpenProspect(options);
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

/** Without --verbose somebody who looks at the terminal is told why nothing happens. */
function listener(isVerbose, { note, errorStyle: { dim } }, also) {
  const isWatched = process.stderr.isTTY === true;
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
  alert: ({ count }) => `${count} calls in a row failed`,
  recovered: () => "the server answers again",
};
