// Text on a terminal: how wide it is, and nothing in it that a terminal would obey.

/** Controls, and the marks that change the direction of a line. */
const UNSAFE = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;
const NAMES = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export const printable = (text) =>
  text.replace(UNSAFE, (letter) => NAMES[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

const WIDE = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe30, 0xfe6f],
  [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f900, 0x1f9ff], [0x20000, 0x3fffd],
];

function columns(letter) {
  if (/^[\p{M}\p{Cf}]/u.test(letter)) return 0;
  const code = letter.codePointAt(0);
  return code >= 0x1100 && WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

export function widthOf(text) {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const letter of text) width += columns(letter);
  return width;
}

/** The text in so many columns, with an ellipsis where it is cut, or spaces where it is short. */
export function fitted(text, width, pad = true) {
  const own = widthOf(text);
  if (own <= width) return pad ? text + " ".repeat(width - own) : text;
  let cut = "";
  let used = 0;
  for (const letter of text) {
    const next = columns(letter);
    if (used + next > width - 1) break;
    cut += letter;
    used += next;
  }
  return `${cut}…${pad ? " ".repeat(width - 1 - used) : ""}`;
}

/** Lines of whole words, each at most so wide. */
export function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== "" && widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
