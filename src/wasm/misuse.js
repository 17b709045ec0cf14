// Wrong options and arguments: found where they are read, told as a ConfigurationError.

import { redacted, withoutKeys } from "./cause.js";
import { createError } from "./errors.js";

/** A given text is repeated in a message up to this many characters. */
const SHOWN = 60;

/** A wrong option or argument, on its way to whoever knows the keys that its error must not show. */
export class Misuse {
  constructor(option, given, allowed, cause) {
    Object.assign(this, { option, given, allowed, cause });
  }
}

/** The `ConfigurationError` for it. A key that was put into the wrong place is not repeated. */
export function misused({ option, given, allowed, cause }, keys = [], trace = undefined) {
  const [own, was, may] = [option, given, allowed].map((text) => redacted(text, keys));
  const record = { kind: "configuration", code: "CONFIGURATION", message: `${own}: given ${was}; allowed: ${may}`, option: own, given: was, allowed: may };
  return createError(record, cause === undefined ? undefined : withoutKeys(cause, keys), trace);
}

/** A wrong use that the core finds. */
export function createMisuse(option, given, allowed, cause) {
  return new Misuse(option, given, allowed, cause);
}

/** A wrong value of an option or argument. */
export function wrong(option, value, allowed) {
  return new Misuse(option, shown(value), allowed);
}

/** What comes of a look at something of the caller's, which may throw. */
export function looked(option, look) {
  try {
    return look();
  } catch (cause) {
    throw cause instanceof Misuse ? cause : new Misuse(option, "something that throws when it is read", "a plain value", cause);
  }
}

/**
 * A member of the value's own; nothing where there is none or its getter throws. What its prototype has was not given, and may
 * be somebody's who reached `Object.prototype`.
 */
export function own(value, name) {
  try {
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Is it an array? Asking a revoked proxy throws. */
export function isList(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

export const isObject = (value) => typeof value === "object" && value !== null;

/** What was given, in words that fit into a message. A text that could be a key is not repeated. */
export function shown(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return value.includes("lnc_") ? "a string" : JSON.stringify(Array.from(value.slice(0, 2 * SHOWN)).slice(0, SHOWN).join(""));
  if (isList(value)) return "an array";
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}
