// Errors: how they are reported, and the exit codes for scripts.

import { isOpenProspectError } from "../index.js";
import { isTooDeep, MAX_DEPTH } from "./depth.js";

/** An invalid command line. */
export class Usage extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** A problem outside of the API, such as a file that cannot be read. */
export class Problem extends Error {
  constructor(message, { hint, exit = 1, cause } = {}) {
    super(message, { cause });
    Object.assign(this, { hint, exit });
  }
}

/** The user or the system stopped the command. */
export class Interrupted extends Error {
  constructor(signal) {
    super("stopped");
    this.exit = signal === "SIGINT" ? 130 : 143;
  }
}

/** Exit codes with their meanings and the kinds of errors that lead to them. */
export const EXIT_CODES = [
  [0, "done", []],
  [1, "something unexpected, such as a file that cannot be written", []],
  [2, "the command line, the configuration or the key's place is wrong; nothing was sent", ["configuration"]],
  [3, "401 or 403: the key is refused, or lacks a scope", ["authentication", "authorization"]],
  [4, "404: not there, or not visible to the key", ["not_found"]],
  [5, "400, 409, 422: the request or some rows are refused", ["bad_request", "conflict", "validation", "api"]],
  [6, "429: too many requests", ["rate_limit"]],
  [7, "5xx, or an answer that is no JSON", ["server", "decode"]],
  [8, "no connection, or too slow", ["connection", "timeout"]],
  [9, "what was waited for ended otherwise: rejected, failed, cancelled", ["terminal_status"]],
  [10, "deliveries sync: the server gave fewer companies than its total", []],
  [130, "stopped with Ctrl-C (143: by SIGTERM)", []],
];

export function exitOf(error) {
  if (isOpenProspectError(error)) return EXIT_CODES.find(([, , kinds]) => kinds.includes(error.kind))?.[0] ?? 1;
  if (error instanceof Usage) return 2;
  return error?.exit ?? 1;
}

/** Throws for a part of a response that is nested too deeply to be printed or stored. */
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
 */
export function withoutStackOverflow(error) {
  if (!(error instanceof RangeError && /call stack/i.test(error.message))) return error;
  return new Problem("The response is nested too deeply to be read.", { exit: 7, cause: error });
}

/** The lines that report an error. */
export function linesOf(error, style) {
  const lines = [`${style.red("error:")} ${error?.message ?? String(error)}`];
  const add = (name, text) => {
    if (text !== undefined && text !== "") lines.push(`  ${style.dim(name.padEnd(11))} ${text}`);
  };
  if (!isOpenProspectError(error)) {
    add("hint", error?.hint);
    return lines;
  }
  add("code", error.code);
  add("what to do", error.resolution ?? error.hint);
  if (error.missingScopes?.length > 0) add("scopes", `missing: ${error.missingScopes.join(", ")}`);
  for (const { field, message } of error.fields?.slice(0, 10) ?? []) add("field", `${field}: ${message}`);
  if (error.fields?.length > 10) add("", `and ${error.fields.length - 10} more`);
  // The date of a wait of a million years is out of range.
  if (!Number.isNaN(error.retryAt?.getTime() ?? NaN)) add("try again", error.retryAt.toISOString());
  if (error.mayHaveBeenApplied) add("careful", "it may have been done all the same: look before you send it again");
  add("request key", error.mayHaveBeenApplied ? error.idempotencyKey : undefined);
  add("cause", error.kind === "connection" ? causeOf(error) : undefined);
  if (error.attempts?.length > 1) add("attempts", error.attempts.length);
  add("request id", error.requestId);
  return lines;
}

function causeOf({ cause }) {
  const inner = cause?.cause ?? cause;
  return inner?.code ?? inner?.message;
}

/** The same for programs. Without the raw body: it may be long, and the details contain what the client could parse. */
export function recordOf(error) {
  const { rawBody: _, ...record } = isOpenProspectError(error)
    ? error.toJSON()
    : { name: error?.name, message: error?.message ?? String(error), hint: error?.hint };
  for (const [name, value] of Object.entries(record))
    if (isTooDeep(value)) record[name] = "nested too deeply to be shown";
  return { ...record, exit: exitOf(error) };
}
