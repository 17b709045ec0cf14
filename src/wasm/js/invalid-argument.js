// The ConfigurationError of an invalid argument.

import { createError } from "./errors.js";
import { redacted, withoutKeys } from "./redact.js";
import { InvalidArgument, Quoted } from "./values.js";

/** Maximum number of characters of the caller's text that a message quotes. */
const MAX_QUOTED = 60;
/** Maximum length of an option's name, which may be the caller's text, too. */
const MAX_NAME = 100;

const cut = (text, most) =>
  text.length > most
    ? `${Array.from(text.slice(0, 2 * most))
        .slice(0, most)
        .join("")}…`
    : text;

/**
 * Creates the `ConfigurationError`, without a key that the caller passed as the wrong argument. Returns any other value
 * unchanged.
 */
export function createConfigurationError(argument, keys = [], callSite = undefined) {
  if (!(argument instanceof InvalidArgument)) return argument;
  const { option: name, given: value, allowed, cause } = argument;
  const option = cut(redacted(name, keys), MAX_NAME);
  const given =
    value instanceof Quoted ? JSON.stringify(cut(redacted(value.text, keys), MAX_QUOTED)) : redacted(value, keys);
  const message =
    given === "nothing" ? `${option} is missing; expected ${allowed}` : `${option}: got ${given}; expected ${allowed}`;
  const record = { kind: "configuration", code: "CONFIGURATION", message, option, given, allowed };
  return createError(record, cause === undefined ? undefined : withoutKeys(cause, keys), callSite);
}
