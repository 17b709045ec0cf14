// The client of a command: its key, its options and its progress messages.

import { readFile } from "node:fs/promises";
import { messageOf, Problem } from "./failure.js";
import { isOpenProspectError, OpenProspect } from "./package.js";
import { reasonOf } from "./progress.js";
import { clock, milliseconds, spoken } from "./time.js";

/** States that last hours at the vendor last seconds here, so that waiting can be tried out. */
const MOCK_DURATIONS = { RECEIVED: 1500, ACCEPTED: 1500, IN_PROGRESS: 3000, PENDING: 1500, RUNNING: 3000 };
export const MOCK_POLL_MS = 250;

/** @typedef {import("./args.js").Values} Values */
/** @typedef {import("./output.js").Output} Output */
/** @typedef {import("../../pkg/index.js").OpenProspectOptions} ClientOptions */
/** @typedef {import("../../pkg/index.js").OpenProspectEvent} ClientEvent */

/**
 * Call options from the command line.
 *
 * @template {import("./package.js").CallOptions} D
 * @param {Values} values
 * @param {D} defaults those of the command
 * @returns {D & import("./package.js").CallOptions}
 */
export function callOptions(values, defaults) {
  /** @param {string} option */
  const time = (option) => (values[option] === undefined ? undefined : milliseconds(option, values[option]));
  const overrides = {
    timeoutMs: time("timeout"),
    deadlineMs: time("deadline"),
    maxRetries: values.retries,
    idempotencyKey: values["idempotency-key"],
  };
  return { ...defaults, ...Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)) };
}

/**
 * The same for commands that only read, with many requests: a shared idempotency key would make them one request.
 *
 * @template {import("./package.js").CallOptions} D
 * @param {Values} values
 * @param {Output} output
 * @param {D} defaults
 */
export function readOptions(values, { note }, defaults) {
  const { idempotencyKey, ...options } = callOptions(values, defaults);
  if (idempotencyKey !== undefined) note("--idempotency-key is not sent: this command only reads.");
  return options;
}

/** @typedef {Omit<ClientOptions, "apiKey" | "baseUrl" | "fetch"> & { hasProgress?: boolean }} MoreOptions */

/**
 * @param {Values} values
 * @param {Output} output
 * @param {MoreOptions} [more]
 */
export async function createClient(values, output, more = {}) {
  const { client } = await connect(values, output, more);
  return client;
}

/**
 * Creates a client and returns it with its key; `wrapFetch` wraps the default `fetch`. With `hasProgress`, the command
 * itself reports the waits on a terminal.
 *
 * @param {Values} values
 * @param {Output} output
 * @param {MoreOptions & {
 *   wrapFetch?: (fetch: typeof globalThis.fetch) => import("../../pkg/index.js").FetchFunction
 * }} [more]
 */
export async function connect(values, output, { wrapFetch, hasProgress = false, ...more } = {}) {
  /** @type {ClientOptions & { apiKey?: string }} */
  const options = { ...more, onEvent: listener(values.verbose, output, hasProgress, more) };
  if (values["base-url"] !== undefined) options.baseUrl = values["base-url"];
  if (values["key-file"] !== undefined) options.apiKey = await keyOf(values["key-file"]);
  const mock = values.mock ? await mockOptions() : undefined;
  Object.assign(options, mock);
  if (wrapFetch !== undefined) options.fetch = wrapFetch(mock?.fetch ?? globalThis.fetch);
  try {
    return { client: new OpenProspect(options), key: options.apiKey ?? process.env.OPENPROSPECT_API_KEY };
  } catch (error) {
    if (isOpenProspectError(error, "configuration") && error.option === "apiKey" && options.apiKey === undefined) {
      const hint = "set OPENPROSPECT_API_KEY, or write the key into a file and pass --key-file FILE";
      Object.assign(error, { hint: `${hint}; --mock needs no key` });
    }
    throw error;
  }
}

/** @param {string} file */
async function keyOf(file) {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new Problem(`The key file cannot be read: ${messageOf(cause)}`, { exit: 2, cause });
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

/**
 * Without --verbose, pauses are still reported on a terminal, to explain why nothing happens.
 *
 * @param {boolean | undefined} isVerbose
 * @param {Output} output
 * @param {boolean} hasProgress
 * @param {MoreOptions} more
 * @returns {(event: ClientEvent) => void}
 */
function listener(isVerbose, { note, isWatched, errorStyle: { dim } }, hasProgress, { onEvent, batch }) {
  const pauseOf = createPauses(batch === true);
  return (event) => {
    onEvent?.(event);
    /** @type {((event: any) => string | undefined) | undefined} */
    const describe = isVerbose ? MESSAGES[event.type] : isWatched && !hasProgress ? pauseOf : undefined;
    const message = describe?.(event);
    if (message !== undefined) note(dim(message));
  };
}

/**
 * Describes each pause once. A 429 is both a pause of the client and the wait of a call. The waits of an outage grow:
 * the first one is described, and those that the server asked for.
 *
 * @param {boolean} includesRetries
 * @returns {(event: ClientEvent) => string | undefined}
 */
function createPauses(includesRetries) {
  /** @type {import("../../pkg/index.js").AttemptEvent | undefined} */
  let last;
  let isReported = false;
  return (event) => {
    if (event.type === "throttled" || event.type === "outage") {
      isReported = true;
      return MESSAGES[event.type](/** @type {any} */ (event));
    }
    if (event.type === "attempt") {
      last = event;
      if (event.status !== undefined && event.status < 400) isReported = false;
    }
    if (event.type !== "retry" || !includesRetries || last === undefined || last.status === 429) return undefined;
    if (isReported && event.waitReason === "backoff") return undefined;
    isReported = true;
    return `${reasonOf(last)}: waiting until ${clock(new Date(Date.now() + event.waitMs))}`;
  };
}

/** @type {{ [T in ClientEvent["type"]]: (event: Extract<ClientEvent, { type: T }>) => string }} */
const MESSAGES = {
  attempt: ({ method, path, attempt, status, failure, durationMs, requestId }) =>
    `${method} ${path}: attempt ${attempt}, ${status ?? failure ?? "not sent"} after ${spoken(durationMs)}` +
    (requestId ? ` (${requestId})` : ""),
  retry: ({ method, path, waitMs, waitReason }) =>
    `${method} ${path}: retry in ${spoken(waitMs)}, at ${clock(new Date(Date.now() + waitMs))}` +
    (waitReason === "retry_after" ? " (Retry-After)" : ""),
  throttled: ({ until }) => `rate limited: waiting until ${clock(until)}`,
  outage: ({ failures, until }) =>
    `the server is down (${failures} failures in a row): next attempt at ${clock(until)}`,
  resumed: () => "sending resumed",
  progress: ({ sent, total }) => `${sent} of ${total} accepted`,
  alert: ({ operation, count }) => `${operation}: ${count} attempts in a row failed`,
  recovered: ({ operation }) => `${operation}: succeeds again`,
};
