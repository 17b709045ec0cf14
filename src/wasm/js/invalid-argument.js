// The ConfigurationError of an invalid argument.

import { createError } from "./errors.js";
import { redacted, withoutKeys } from "./redact.js";
import { InvalidArgument, Quoted } from "./values.js";

/** A text of the caller's is quoted in a message up to this many characters. */
const MAX_QUOTED = 60;
/** The name of an option may be the caller's, too. */
const MAX_NAME = 100;

const cut = (text, most) => (text.length > most ? `${Array.from(text.slice(0, 2 * most)).slice(0, most).join("")}…` : text);

/** The `ConfigurationError`, which does not repeat a key that was put into the wrong place; any other value as it is. */
export function createConfigurationError(argument, keys = [], callSite = undefined) {
  if (!(argument instanceof InvalidArgument)) return argument;
  const { option: name, given: value, allowed, cause } = argument;
  const option = cut(redacted(name, keys), MAX_NAME);
  const given = value instanceof Quoted ? JSON.stringify(cut(redacted(value.text, keys), MAX_QUOTED)) : redacted(value, keys);
  const message = given === "nothing" ? `${option} is missing; expected ${allowed}` : `${option}: got ${given}; expected ${allowed}`;
  const record = { kind: "configuration", code: "CONFIGURATION", message, option, given, allowed };
  return createError(record, cause === undefined ? undefined : withoutKeys(cause, keys), callSite);
}
