// Styles as markers in a text. terminal.js turns them into escape sequences and escapes every other control character,
// so text from elsewhere cannot contain its own sequences: the markers have a random part.

import { randomBytes } from "node:crypto";

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };
const NONCE = randomBytes(16).toString("hex");

const marker = (code) => `\u0000${NONCE}:${code}\u0000`;

/** Splits a text at its markers; the parts alternate with the codes of the markers. */
export const MARKER = new RegExp(`\\u0000${NONCE}:(\\d+)\\u0000`);

/** The functions that style a text, or return it unchanged. */
export function styleOf(isOn) {
  const paint =
    ([on, off]) =>
    (text) =>
      isOn ? `${marker(on)}${text}${marker(off)}` : text;
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)]));
}
