// The forms of a key in a text: plain, in part, and encoded.

/** Shorter keys would be found in unrelated texts. */
const MIN_LENGTH = 8;
const MIN_PART_LENGTH = 6;
/** A part with fewer different characters could be a number, or padding. */
const MIN_DISTINCT = 4;
const PREFIX = /^lnc_(?:test|live)_/;
/** The depth of nested encodings, such as JSON in a URL. */
const MAX_DEPTH = 2;

const hex = (text) => Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");

/** A text in base64 at each of the three offsets, without the characters that depend on the text around it. */
function base64(text) {
  return [0, 1, 2].map((before) => {
    const whole = btoa(" ".repeat(before) + text);
    return whole.replace(/=+$/, "").slice(before === 0 ? 0 : before + 1, -1);
  });
}

/** The halves of the secret part. */
function halves(key) {
  const secret = key.replace(PREFIX, "");
  const half = Math.ceil(secret.length / 2);
  const isDistinctive = (text) => text.length >= MIN_PART_LENGTH && new Set(text).size >= MIN_DISTINCT;
  return [
    ["its first half", secret.slice(0, half)],
    ["its second half", secret.slice(-half)],
  ].filter(([, text]) => isDistinctive(text));
}

/** Pairs of an encoding's name and the encoded key; none for a key that is too short. */
function encodings(key) {
  if (key.length < MIN_LENGTH) return [];
  return [
    ["the key", key],
    ["the key in hex", hex(key)],
    ["the key backwards", Array.from(key).reverse().join("")],
    ...base64(key).flatMap((text) => [
      ["the key in base64", text],
      ["the key in base64 for URLs", text.replaceAll("+", "-").replaceAll("/", "_")],
    ]),
  ];
}

/** The character of an escape sequence in URLs, JSON, scripts and HTML. */
const letterOf = (_, ...codes) => {
  const [decimal] = codes.splice(4, 1);
  return String.fromCharCode(
    decimal === undefined
      ? Number.parseInt(
          codes.find((code) => code !== undefined),
          16,
        )
      : Number(decimal),
  );
};
const lettersOf = (list) => String.fromCharCode(...list.split(/[\s,]+/).slice(0, 4096));
const unescaped = (text) =>
  [text, ...(text.match(/(?:\b\d{1,3}[\s,]+){7,}\d{1,3}/g) ?? []).map(lettersOf)]
    .join("\n")
    .replace(/%([\da-f]{2})|\\+u00([\da-f]{2})|\\+x([\da-f]{2})|&#x([\da-f]{2,4});|&#(\d{2,5});/gi, letterOf);

/** A text without separators: line ends, spaces, quotes, string concatenation, and the separators of byte lists. */
const together = (text) => text.replace(/["'`]\s*\+\s*["'`]|\\[nrt0]|0x|[\s\0"'`,:;[\]<>\u200B\uFEFF]/g, "");

function patternOf(rows) {
  const wanted = new Map(rows.map(([how, text]) => [text.toLowerCase(), how]));
  const quoted = [...wanted.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp(quoted.join("|"), "i");
  return (text) => {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const context = text.slice(Math.max(0, found.index - 60), found.index + found[0].length + 20);
    return `${wanted.get(found[0].toLowerCase()) ?? "a key"} in ${context}`;
  };
}

/**
 * A function that finds keys in a text, plain or encoded, in upper or lower case.
 *
 * @param {Set<string>} keys
 * @returns {(text: string) => string | undefined}
 */
export function createSearch(keys) {
  const whole = [...keys].flatMap(encodings);
  if (whole.length === 0) return () => undefined;
  const findPart = patternOf([...whole, ...[...keys].filter((key) => key.length >= MIN_LENGTH).flatMap(halves)]);
  const findWhole = patternOf(whole);
  return (text) => {
    let found = findPart(text);
    for (let depth = 0, plain = text; found === undefined && depth < MAX_DEPTH; depth += 1) {
      const before = plain;
      plain = unescaped(plain);
      if (plain === before && depth > 0) break;
      found = findWhole(together(plain));
    }
    return found;
  };
}
