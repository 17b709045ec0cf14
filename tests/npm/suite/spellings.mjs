// How a key can be written down: as it is, in part, and in the encodings that a text goes through on its way.

/** Shorter texts are found where no key is. */
const LEAST = 8;
const LEAST_PART = 6;
/** A part of fewer different letters could be a number, or a filling. */
const DISTINCT = 4;
const PREFIX = /^lnc_(?:test|live)_/;
/** A text that went through two of them, such as JSON in a URL. */
const DEEPEST = 2;

const hex = (text) => Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");

/** What a text looks like in base64 behind any other text: three ways, without the letters that depend on what is around. */
function base64(text) {
  return [0, 1, 2].map((before) => {
    const whole = btoa(" ".repeat(before) + text);
    return whole.replace(/=+$/, "").slice(before === 0 ? 0 : before + 1, -1);
  });
}

/** The halves of what nobody can guess. */
function halves(key) {
  const secret = key.replace(PREFIX, "");
  const half = Math.ceil(secret.length / 2);
  const isTelling = (text) => text.length >= LEAST_PART && new Set(text).size >= DISTINCT;
  return [
    ["its first half", secret.slice(0, half)],
    ["its second half", secret.slice(-half)],
  ].filter(([, text]) => isTelling(text));
}

/** Pairs of how it is written and the text to look for; none for a key that is too short to be told from other texts. */
function spellings(key) {
  if (key.length < LEAST) return [];
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

/** The letters for what stands for them in URLs, JSON, scripts, HTML and lists of bytes. */
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

/** A text without what may come between the letters of another: line ends, spaces, quotes, and the signs of lists of bytes. */
const together = (text) => text.replace(/["'`]\s*\+\s*["'`]|\\[nrt0]|0x|[\s\0"'`,:;[\]<>\u200B\uFEFF]/g, "");

function patternOf(rows) {
  const wanted = new Map(rows.map(([how, text]) => [text.toLowerCase(), how]));
  const quoted = [...wanted.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp(quoted.join("|"), "i");
  return (text) => {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    return `${wanted.get(found[0].toLowerCase()) ?? "a key"} in ${text.slice(Math.max(0, found.index - 60), found.index + found[0].length + 20)}`;
  };
}

/** What looks for keys in a text, however they are written; the case of what is encoded makes no difference. */
export function createSearch(keys) {
  const whole = [...keys].flatMap(spellings);
  if (whole.length === 0) return () => undefined;
  const findPart = patternOf([...whole, ...[...keys].filter((key) => key.length >= LEAST).flatMap(halves)]);
  const findWhole = patternOf(whole);
  return (text) => {
    let found = findPart(text);
    for (let depth = 0, plain = text; found === undefined && depth < DEEPEST; depth += 1) {
      const before = plain;
      plain = unescaped(plain);
      if (plain === before && depth > 0) break;
      found = findWhole(together(plain));
    }
    return found;
  };
}
