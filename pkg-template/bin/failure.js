// Errors: how they are reported, and the exit codes for scripts.

import { isTooDeep, MAX_DEPTH } from "./depth.js";
import { isOpenProspectError } from "./package.js";

/** An invalid command line. */
export class Usage extends Error {
  /**
   * @param {string} message
   * @param {string} [hint]
   */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** A problem outside of the API, such as a file that cannot be read. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {{ hint?: string, exit?: number, cause?: unknown }} [options]
   */
  constructor(message, { hint, exit = 1, cause } = {}) {
    super(message, { cause });
    this.hint = hint;
    this.exit = exit;
  }
}

/** The user or the system stopped the command. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super("stopped");
    this.exit = signal === "SIGINT" ? 130 : 143;
  }
}

/**
 * Exit codes with their meanings and the kinds of errors that lead to them.
 *
 * @type {[number, string, import("../../pkg/index.js").ErrorKind[]][]}
 */
export const EXIT_CODES = [
  [0, "success", []],
  [1, "unexpected error, such as a file that cannot be written", []],
  [2, "invalid command line, configuration or file; nothing was sent", ["configuration"]],
  [3, "401 or 403: the API key is invalid or lacks a scope", ["authentication", "authorization"]],
  [4, "404: not found, or not visible to the key", ["not_found"]],
  [5, "400, 409, 422: the request or some rows were rejected", ["bad_request", "conflict", "validation", "api"]],
  [6, "429: rate limited, for longer than the command waits", ["rate_limit"]],
  [7, "5xx, or the response is not valid JSON", ["server", "decode"]],
  [8, "no connection, or timed out", ["connection", "timeout"]],
  [9, "the job did not succeed: rejected, failed or cancelled", ["terminal_status"]],
  [10, "deliveries sync: the server returned fewer companies than its total", []],
  [130, "stopped with Ctrl-C (143: by SIGTERM)", []],
];

/**
 * The `code` of an error of the system or of a library.
 *
 * @param {any} error
 * @returns {string | undefined}
 */
export const codeOf = (error) => error?.code;

/**
 * @param {any} error
 * @returns {string}
 */
export const messageOf = (error) => error?.message ?? String(error);

/**
 * @param {any} error
 * @returns {number}
 */
export function exitOf(error) {
  if (isOpenProspectError(error)) return EXIT_CODES.find(([, , kinds]) => kinds.includes(error.kind))?.[0] ?? 1;
  if (error instanceof Usage) return 2;
  return error?.exit ?? 1;
}

/**
 * Throws for a value of a response that is nested too deeply to be printed or stored.
 *
 * @param {unknown} value
 * @param {string} [what] name of the value in the message
 */
export function checkDepth(value, what = "The response") {
  if (!isTooDeep(value)) return;
  throw new Problem(`${what} is nested more than ${MAX_DEPTH} levels deep.`, {
    exit: 7,
    hint: "the request itself succeeded; only its result cannot be used",
  });
}

/**
 * The command recurses without a bound only through the value of a response: if the stack is exhausted, the value is
 * nested too deeply.
 *
 * @param {unknown} error
 */
export function withoutStackOverflow(error) {
  if (!(error instanceof RangeError && /call stack/i.test(error.message))) return error;
  return new Problem("The response is nested too deeply to be read.", { exit: 7, cause: error });
}

/**
 * The lines that report an error.
 *
 * @param {any} error
 * @param {import("./style.js").Style} style
 */
export function linesOf(error, style) {
  const lines = [`${style.red("error:")} ${withoutClientOptions(messageOf(error))}`];
  /**
   * @param {string} name
   * @param {string | number | undefined} text
   */
  const add = (name, text) => {
    if (text !== undefined && text !== "") lines.push(`  ${style.dim(name.padEnd(15))} ${text}`);
  };
  if (!isOpenProspectError(error)) {
    add("hint", error?.hint);
    return lines;
  }
  const { hint, missingScopes = [], fields = [] } = /** @type {AnyClientError} */ (error);
  const { attempts = [], retryAt } = error;
  add("code", error.code);
  if (error.stoppedBy === undefined || hint === undefined) add("resolution", error.resolution ?? hint);
  else add("hint", hint);
  if (missingScopes.length > 0) add("scopes", `missing: ${missingScopes.join(", ")}`);
  for (const { field, message } of fields.slice(0, 10)) add("field", `${field}: ${message}`);
  if (fields.length > 10) add("", `and ${fields.length - 10} more`);
  // The date of a wait of a million years is out of range.
  if (retryAt !== undefined && !Number.isNaN(retryAt.getTime())) add("retry after", retryAt.toISOString());
  if (error.mayHaveBeenApplied) add("warning", "the request may have been applied: check before you send it again");
  add("idempotency key", error.mayHaveBeenApplied ? error.idempotencyKey : undefined);
  add("cause", error.kind === "connection" ? causeOf(error) : undefined);
  if (attempts.length > 1) add("attempts", attempts.length);
  add("request id", error.requestId);
  return lines;
}

/**
 * Without the names of the client's options for which the command has its own.
 *
 * @param {string} message
 */
const withoutClientOptions = (message) => message.replace(/\b(?:maxRetryAfterMs|giveUpAfterMs)\b/g, "the longest wait");

/**
 * An error of the client with the members that only some kinds have, and the hint that this command adds.
 *
 * @typedef {import("../../pkg/index.js").OpenProspectError & {
 *   hint?: string, missingScopes?: string[], fields?: import("../../pkg/index.js").FieldError[]
 * }} AnyClientError
 */

/**
 * @param {{ cause?: any }} error
 * @returns {string | undefined}
 */
function causeOf({ cause }) {
  const inner = cause?.cause ?? cause;
  return inner?.code ?? inner?.message;
}

/**
 * The same for programs. Without the raw body: it may be long, and the details contain what the client could parse.
 *
 * @param {any} error
 */
export function recordOf(error) {
  /** @type {Record<string, unknown>} */
  const json = isOpenProspectError(error)
    ? error.toJSON()
    : { name: error?.name, message: messageOf(error), hint: error?.hint };
  const { rawBody: _, ...record } = json;
  for (const [name, value] of Object.entries(record))
    if (isTooDeep(value)) record[name] = "nested too deeply to be shown";
  return { ...record, ...(error?.hint !== undefined && { hint: error.hint }), exit: exitOf(error) };
}
