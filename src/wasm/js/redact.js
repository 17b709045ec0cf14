// Redacts causes. An error that the platform or a caller's function throws is kept as the cause of an error, unless it
// contains a key.

import { isError } from "./errors.js";

/** Maximum number of objects to search in a cause; a larger one is replaced by a plain copy. */
const MAX_OBJECTS = 2000;
/** Maximum depth to which data is copied without the keys. */
const MAX_DEPTH = 500;

let redactText;

/** Sets the function that redacts a text, which the module provides. */
export function useRedaction(redact) {
  redactText = redact;
}

/**
 * Returns a text without the keys. A text that cannot be searched, because the module is out of memory, is replaced
 * entirely.
 */
export function redacted(text, keys) {
  if (redactText === undefined) return text;
  try {
    return redactText(text, keys);
  } catch {
    return "[redacted]";
  }
}

/** Returns plain data without the keys: the data itself if it contains none of them, else a copy. */
export function dataWithoutKeys(value, keys) {
  return shows(value, keys, Infinity) ? cleaned(value, keys, MAX_DEPTH) : value;
}

function cleaned(value, keys, depth) {
  if (typeof value === "string") return redacted(value, keys);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, keys, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redacted(name, keys), cleaned(item, keys, depth - 1)]),
  );
}

/** Returns the cause itself if it contains none of the keys, else a copy of its message and stack without them. */
export function withoutKeys(cause, keys) {
  return shows(cause, keys, MAX_OBJECTS) ? copy(cause, keys, 8) : cause;
}

/**
 * Whether a value contains a key. Also true for a value that cannot be searched: a plain copy is better than a leak.
 */
function shows(root, keys, most) {
  const hasKey = (text) => redacted(text, keys) !== text;
  const seen = new Set();
  const open = [root];
  try {
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === "string" && hasKey(value)) return true;
      if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
      if (seen.size >= most) return true;
      seen.add(value);
      open.push(...hidden(value));
      if (isError(value)) open.push(value.message, value.stack, value.cause);
      for (const name of Reflect.ownKeys(value)) {
        if (typeof name === "string") open.push(name);
        const property = Reflect.getOwnPropertyDescriptor(value, name);
        // A getter may return anything; V8 has one for the stack.
        if (!property || (!("value" in property) && name !== "stack")) return true;
        open.push(property.value);
      }
    }
  } catch {
    return true;
  }
  return false;
}

/** The contents of a platform object, of any realm, that are not properties but are printed by consoles. */
function hidden(value) {
  switch (Object.prototype.toString.call(value).slice(8, -1)) {
    case "Map":
    case "Set":
    case "Headers":
    case "URLSearchParams":
    case "FormData":
      return [...value];
    case "URL":
      return [value.href];
    case "Request":
    case "Response":
      return [value.url, value.headers];
    default:
      return [];
  }
}

function copy(cause, keys, depth) {
  const clean = (text) => redacted(String(text), keys);
  try {
    if (typeof cause === "string") return clean(cause);
    const inner = cause?.cause;
    const words = cause?.message ?? "a value that shows the API key";
    const error = new Error(
      clean(words),
      inner === undefined || depth === 0 ? undefined : { cause: copy(inner, keys, depth - 1) },
    );
    error.name = clean(cause?.name ?? "Error");
    if (typeof cause?.code === "string") error.code = clean(cause.code);
    Object.defineProperty(error, "stack", {
      __proto__: null,
      value: clean(cause?.stack ?? error.stack),
      writable: true,
      configurable: true,
    });
    return error;
  } catch {
    return new Error("a value that shows the API key");
  }
}
