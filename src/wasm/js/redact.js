// Redacts causes: an error of the platform or of a caller's function is kept as a cause, unless it contains a key.

import { hide, isError } from "./errors.js";
import { attempt } from "./values.js";

/** Maximum number of objects to search in a cause; a larger one is replaced by a plain copy. */
const MAX_OBJECTS = 2000;
/** Maximum depth to which data is copied without the keys. */
const MAX_DEPTH = 500;
/** Maximum number of nested causes to copy. */
const MAX_CAUSES = 8;
/** The message of a cause that has none, or cannot be copied. */
const NO_MESSAGE = "a value that shows the API key";

/** @typedef {(text: string, keys: string[]) => string} Redact */

/** @type {Redact | undefined} */
let redactText;

/** Sets the function that redacts a text, which the module provides. @param {Redact} redact */
export function useRedaction(redact) {
  redactText = redact;
}

/** A text without the keys; "[redacted]" if the module has no memory to search it. @type {Redact} */
export function redacted(text, keys) {
  const redact = redactText;
  return redact === undefined ? text : (attempt(() => redact(text, keys)) ?? "[redacted]");
}

/** Plain data itself, or a copy without the keys. @type {<T>(value: T, keys: string[]) => T} */
export function dataWithoutKeys(value, keys) {
  return containsKey(value, keys, Infinity) ? copyData(value, keys, MAX_DEPTH) : value;
}

/** @param {any} value @param {string[]} keys @param {number} depth @returns {any} */
function copyData(value, keys, depth) {
  if (typeof value === "string") return redacted(value, keys);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((item) => copyData(item, keys, depth - 1));
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [redacted(name, keys), copyData(item, keys, depth - 1)]));
}

/** The cause itself, or a copy of its message and stack without the keys. @param {any} cause @param {string[]} keys */
export function withoutKeys(cause, keys) {
  return containsKey(cause, keys, MAX_OBJECTS) ? copyCause(cause, keys, MAX_CAUSES) : cause;
}

/** Also true if it cannot be searched. @param {unknown} root @param {string[]} keys @param {number} maxObjects */
function containsKey(root, keys, maxObjects) {
  const visited = new Set();
  const pending = [root];
  try {
    while (pending.length > 0) {
      /** @type {any} */
      const value = pending.pop();
      if (typeof value === "string" && redacted(value, keys) !== value) return true;
      if ((typeof value !== "object" && typeof value !== "function") || value === null || visited.has(value)) continue;
      if (visited.size >= maxObjects) return true;
      visited.add(value);
      pending.push(...contents(value));
      if (isError(value)) pending.push(value.message, value.stack, value.cause);
      for (const name of Reflect.ownKeys(value)) {
        if (typeof name === "string") pending.push(name);
        const property = Reflect.getOwnPropertyDescriptor(value, name);
        // A getter may return anything; V8 has one for the stack.
        if (!property || (!("value" in property) && name !== "stack")) return true;
        pending.push(property.value);
      }
    }
  } catch {
    return true;
  }
  return false;
}

/** What consoles print of a platform object, of any realm, besides its properties. @param {any} value */
function contents(value) {
  const type = Object.prototype.toString.call(value).slice(8, -1);
  if (/^(?:Map|Set|Headers|URLSearchParams|FormData)$/.test(type)) return [...value];
  if (type === "URL") return [value.href];
  return type === "Request" || type === "Response" ? [value.url, value.headers] : [];
}

/** @param {any} cause @param {string[]} keys @param {number} depth @returns {unknown} */
function copyCause(cause, keys, depth) {
  const clean = (/** @type {unknown} */ text) => redacted(String(text), keys);
  try {
    if (typeof cause === "string") return clean(cause);
    const inner = cause?.cause;
    const options = inner === undefined || depth === 0 ? undefined : { cause: copyCause(inner, keys, depth - 1) };
    const error = new Error(clean(cause?.message ?? NO_MESSAGE), options);
    error.name = clean(cause?.name ?? "Error");
    if (typeof cause?.code === "string") Object.assign(error, { code: clean(cause.code) });
    hide(error, "stack", clean(cause?.stack ?? error.stack));
    return error;
  } catch {
    return new Error(NO_MESSAGE);
  }
}
