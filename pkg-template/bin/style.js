// Styles as markers in a text. The exit to the terminal turns them into escape sequences and escapes every other control
// character, so that no text from elsewhere can bring sequences of its own: the markers have a random part.

import { randomBytes } from "node:crypto";

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };
const NONCE = randomBytes(16).toString("hex");

const marker = (code) => `\u0000${NONCE}:${code}\u0000`;

/** What a text is split at, with the code of each marker between its parts. */
export const MARKER = new RegExp(`\\u0000${NONCE}:(\\d+)\\u0000`);

/** The functions that style a text, or leave it as it is. */
export function styleOf(isOn) {
  const paint = ([on, off]) => (text) => (isOn ? `${marker(on)}${text}${marker(off)}` : text);
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)]));
}
