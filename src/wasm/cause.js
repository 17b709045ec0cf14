// What a platform or a user's function threw is kept as the cause of an error, unless it shows a key.

/** Beyond so many values nobody can say that no key is among them. */
const MOST = 2000;

/** What finds a key in a text, however much of it is percent-encoded there. */
const patternOf = (key) =>
  new RegExp(Array.from(key, (letter) => {
    const code = letter.charCodeAt(0).toString(16).padStart(2, "0");
    const either = code.replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:\\x${code}|%${either})`;
  }).join(""), "g");

/** A text without the keys. */
export const redacted = (text, keys) => keys.reduce((text, key) => text.replace(patternOf(key), "[redacted]"), text);

/** Plain data without the keys: as it is if it shows none of them, else a copy. */
export function dataWithoutKeys(value, keys) {
  if (keys.length === 0 || !shows(value, keys)) return value;
  try {
    return cleaned(value, keys);
  } catch {
    // It is nested too deep.
    return undefined;
  }
}

function cleaned(value, keys) {
  if (typeof value === "string") return redacted(value, keys);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, keys));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [redacted(name, keys), cleaned(item, keys)]));
}

/** The cause as it is if it shows none of the keys, else a copy of its words without them. */
export function withoutKeys(cause, keys) {
  if (keys.length === 0 || !shows(cause, keys)) return cause;
  return copy(cause, keys, 8);
}

/** True as well for what cannot be looked through: better a plain copy than a leak. */
function shows(root, keys) {
  const patterns = keys.map(patternOf);
  const hasKey = (text) => patterns.some((pattern) => text.search(pattern) >= 0);
  const seen = new Set();
  const open = [root];
  try {
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === "string" && hasKey(value)) return true;
      if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
      if (seen.size >= MOST || isOpaque(value)) return true;
      seen.add(value);
      if (value instanceof Error) open.push(value.message, value.stack, value.cause);
      for (const name of Reflect.ownKeys(value)) {
        if (typeof name === "string") open.push(name);
        const property = Reflect.getOwnPropertyDescriptor(value, name);
        // Nobody knows what a getter gives, and V8 has one for the stack.
        if (!property || (!("value" in property) && name !== "stack")) return true;
        open.push(property.value);
      }
      if (value instanceof Map || value instanceof Set) open.push(...[...value].flat());
    }
  } catch {
    return true;
  }
  return false;
}

/** Keeps what it holds where no property shows it, though printing it does. */
function isOpaque(value) {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return ["Request", "Headers", "Response", "URLSearchParams", "URL", "FormData"].includes(tag);
}

function copy(cause, keys, depth) {
  const clean = (text) => redacted(String(text), keys);
  try {
    if (typeof cause === "string") return clean(cause);
    const inner = cause?.cause;
    const words = cause?.message ?? "a value that shows the API key";
    const error = new Error(clean(words), inner === undefined || depth === 0 ? undefined : { cause: copy(inner, keys, depth - 1) });
    error.name = clean(cause?.name ?? "Error");
    if (typeof cause?.code === "string") error.code = clean(cause.code);
    Object.defineProperty(error, "stack", { __proto__: null, value: clean(cause?.stack ?? error.stack), writable: true, configurable: true });
    return error;
  } catch {
    return new Error("a value that shows the API key");
  }
}
