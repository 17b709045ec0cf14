// Wrong options and arguments: found where they are read, told as a ConfigurationError.

import { redacted, withoutKeys } from "./cause.js";
import { createError } from "./errors.js";

/** A text of the caller's is repeated in a message up to this many characters. */
const MAX_QUOTED = 60;
/** The name of an option may be the caller's, too. */
const MAX_NAME = 100;

/** A wrong option or argument, until its error is made by a client, which knows the keys that it must not show. */
export class Misuse {
  constructor(option, given, allowed, cause) {
    Object.assign(this, { option, given, allowed, cause });
  }
}

/** A text of the caller's. It is cut when it is redacted, and not before: half of a key would not be found. */
class Quoted {
  constructor(text) {
    this.text = text;
  }
}

const cut = (text, most) => (text.length > most ? `${Array.from(text.slice(0, 2 * most)).slice(0, most).join("")}…` : text);

/** The `ConfigurationError` for it. A key that was put into the wrong place is not repeated. */
export function misused({ option, given, allowed, cause }, keys = [], trace = undefined) {
  const own = cut(redacted(option, keys), MAX_NAME);
  const was = given instanceof Quoted ? JSON.stringify(cut(redacted(given.text, keys), MAX_QUOTED)) : redacted(given, keys);
  const record = { kind: "configuration", code: "CONFIGURATION", message: `${own}: given ${was}; allowed: ${allowed}`, option: own, given: was, allowed };
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

/** Something else where an object is expected, such as a key in the place of the options: a text is not repeated. */
export function notObject(option, value, allowed) {
  return new Misuse(option, typeof value === "string" ? "a string" : shown(value), allowed);
}

/** What was given, for a message. */
export function shown(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return new Quoted(value);
  if (isList(value)) return "an array";
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}
