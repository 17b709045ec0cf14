// Text for a terminal: measures its width, and escapes what a terminal would interpret or a reader could not see.

/**
 * Controls (C0, DEL, C1), line and paragraph separators, unpaired surrogates, and everything that Unicode defines as
 * ignored when displayed: bidi controls, zero-width characters, tags, fillers. Only the two variation selectors that
 * choose between text and emoji are allowed, once after a character.
 */
const UNSAFE = new RegExp(
  [
    /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFFF9-\uFFFB]/u,
    /(?![\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}/u,
    /(?<=^|[\uFE0E\uFE0F])[\uFE0E\uFE0F]/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);
/** @type {Record<string, string>} */
const NAMES = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** @param {number} code */
const unit = (code) => `\\u${code.toString(16).padStart(4, "0")}`;

/** @param {string} letter */
const codeOf = (letter) => /** @type {number} */ (letter.codePointAt(0));

/** @param {string} letter */
function escaped(letter) {
  const code = codeOf(letter);
  return NAMES[letter] ?? (code > 0xffff ? `\\u{${code.toString(16)}}` : unit(code));
}

/**
 * Escapes what is unsafe to display. Text that is already escaped does not change.
 *
 * @param {string} text
 */
export const printable = (text) => text.replace(UNSAFE, escaped);

/**
 * JSON in which the same characters are JSON escapes, so that it means the same. Outside of strings only line ends are
 * unsafe.
 *
 * @param {string} json
 */
export const printableJson = (json) =>
  json.replace(UNSAFE, (letter) =>
    letter === "\n" ? letter : Array.from({ length: letter.length }, (_, at) => unit(letter.charCodeAt(at))).join(""),
  );

/**
 * Truncates a text to a number of UTF-16 code units, with an ellipsis.
 *
 * @param {string} text
 * @param {number} limit
 */
export function capped(text, limit) {
  if (text.length <= limit) return text;
  const end = Math.max(0, limit - 1);
  return `${text.slice(0, end).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

const WIDE = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** @param {string} letter */
function columns(letter) {
  if (/^\p{M}/u.test(letter)) return 0;
  const code = codeOf(letter);
  if (code < 0x1100) return 1;
  return WIDE.some(([from, to]) => code >= from && code <= to) || /^\p{Emoji_Presentation}/u.test(letter) ? 2 : 1;
}

/**
 * The width of a text in columns when printed, with its escapes.
 *
 * @param {string} text
 */
export function widthOf(text) {
  const shown = printable(text);
  if (/^[ -~]*$/.test(shown)) return shown.length;
  let width = 0;
  for (const letter of shown) width += columns(letter);
  return width;
}

/**
 * Fits a text into a number of columns: truncates it with an ellipsis, or pads it with spaces.
 *
 * @param {string} text
 * @param {number} width
 * @param {boolean} [pad]
 */
export function fitted(text, width, pad = true) {
  const shown = printable(text);
  const own = widthOf(shown);
  if (own <= width) return pad ? shown + " ".repeat(width - own) : shown;
  let cut = "";
  let used = 0;
  for (const letter of shown) {
    const next = columns(letter);
    if (used + next > width - 1) break;
    cut += letter;
    used += next;
  }
  return `${cut}…${pad ? " ".repeat(Math.max(0, width - 1 - used)) : ""}`;
}

/**
 * Wraps words into lines of at most the given width.
 *
 * @param {string} text
 * @param {number} width
 */
export function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== "" && widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
