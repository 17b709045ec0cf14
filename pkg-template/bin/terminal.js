// The only module that writes to stdout and stderr. Whatever a text contains, a terminal does not interpret it and a
// log gets one line per message.

import { once } from "node:events";
import { MARKER, styleOf } from "./style.js";
import { capped, fitted, printable, printableJson } from "./text.js";

/** Maximum length of a message, in UTF-16 code units. */
const MESSAGE_LIMIT = 2000;
const DEFAULT_COLUMNS = 80;

const { stdout, stderr } = process;

/** @param {NodeJS.WriteStream} stream */
const isTerminal = (stream) => stream.isTTY === true;
/**
 * Some terminals report 0 columns.
 *
 * @param {NodeJS.WriteStream} stream
 */
const columnsOf = (stream) => (stream.columns > 0 ? stream.columns : DEFAULT_COLUMNS);

export const stdoutIsTerminal = () => isTerminal(stdout);
export const stderrIsTerminal = () => isTerminal(stderr);
export const stdoutColumns = () => columnsOf(stdout);
export const stderrColumns = () => columnsOf(stderr);

/**
 * The color setting of the environment or `undefined`. `FORCE_COLOR`, which Node and most tools know, takes precedence.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function colorsOf({ FORCE_COLOR: force, NO_COLOR: no, CLICOLOR_FORCE: cliForce, TERM: term }) {
  if (force !== undefined) return force !== "0" && force !== "false";
  if (no) return false;
  if (cliForce && cliForce !== "0") return true;
  return term === "dumb" ? false : undefined;
}

/**
 * Colors for a stream: set by the options, else by the environment, else enabled on a terminal.
 *
 * @param {NodeJS.WriteStream} stream
 * @param {boolean | undefined} wanted
 */
const styleFor = (stream, wanted) => styleOf(wanted ?? colorsOf(process.env) ?? isTerminal(stream));
/** @param {boolean} [wanted] */
export const stdoutStyle = (wanted) => styleFor(stdout, wanted);
/** @param {boolean} [wanted] */
export const stderrStyle = (wanted) => styleFor(stderr, wanted);

/**
 * Renders a line: styles become escape sequences, and everything else is escaped.
 *
 * @param {string} text
 * @param {number} [limit] in UTF-16 code units
 */
function rendered(text, limit = Infinity) {
  let room = limit;
  return text
    .split(MARKER)
    .map((segment, index) => {
      if (index % 2 === 1) return `\u001b[${segment}m`;
      const shown = room > 0 ? capped(printable(segment), room) : "";
      room -= shown.length;
      return shown;
    })
    .join("");
}

/**
 * Waits for a slow reader, so that a long list is not buffered in memory.
 *
 * @param {string} text
 */
async function write(text) {
  if (!stdout.write(text)) await once(stdout, "drain");
}

/**
 * Lines for people on stdout, escaped in a pipe as well.
 *
 * @param {string[]} texts
 */
export const lines = (texts) => write(texts.map((text) => `${rendered(text)}\n`).join(""));

/**
 * Writes text that is data: unchanged, except that it is escaped on a terminal.
 *
 * @param {string} text
 */
export const data = (text) => write(`${isTerminal(stdout) ? printable(text) : text}\n`);

/**
 * Writes JSON that is data: the same JSON, with escapes on a terminal.
 *
 * @param {unknown} value
 * @param {number} [indent] applies to terminals only
 */
export function json(value, indent) {
  const text = JSON.stringify(value, null, isTerminal(stdout) ? indent : undefined);
  return write(`${isTerminal(stdout) ? printableJson(text) : text}\n`);
}

/**
 * One line of JSON on stderr.
 *
 * @param {unknown} value
 */
export const errorJson = (value) => void stderr.write(`${printableJson(JSON.stringify(value))}\n`);

let isStatusShown = false;

/**
 * A message on stderr: one line, capped.
 *
 * @param {string} text
 */
export function note(text) {
  clearStatus();
  stderr.write(`${rendered(text, MESSAGE_LIMIT)}\n`);
}

/**
 * The command's own lines on stderr, such as the help.
 *
 * @param {string[]} texts
 */
export const errorLines = (texts) => void stderr.write(texts.map((text) => `${rendered(text)}\n`).join(""));

/**
 * Writes the status line on a terminal, which the next one replaces.
 *
 * @param {string} text
 */
export function status(text) {
  isStatusShown = true;
  stderr.write(`\r${fitted(text, columnsOf(stderr) - 1)}`);
}

export function clearStatus() {
  if (!isStatusShown) return;
  isStatusShown = false;
  stderr.write(`\r${" ".repeat(columnsOf(stderr) - 1)}\r`);
}

/** A reader that closes the pipe early, as `head` does, is not an error. */
export function exitOnClosedPipe() {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
}
