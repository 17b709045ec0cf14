// Styles as markers in a text. terminal.js turns them into escape sequences and escapes every other control character,
// so text from elsewhere cannot contain its own sequences: the markers have a random part.

import { randomBytes } from "node:crypto";

/** @type {Record<string, [on: number, off: number]>} */
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };
const NONCE = randomBytes(16).toString("hex");

/** @param {number} code */
const marker = (code) => `\u0000${NONCE}:${code}\u0000`;

/** Splits a text at its markers: the segments alternate with the codes of the markers. */
export const MARKER = new RegExp(`\\u0000${NONCE}:(\\d+)\\u0000`);

/** @typedef {Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>} Style */

/**
 * The functions that style a text, or return it unchanged.
 *
 * @param {boolean} isOn
 * @returns {Style}
 */
export function styleOf(isOn) {
  /** @type {(codes: [on: number, off: number]) => (text: string) => string} */
  const paint =
    ([on, off]) =>
    (text) =>
      isOn ? `${marker(on)}${text}${marker(off)}` : text;
  const styles = Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)]));
  return /** @type {Style} */ (styles);
}
