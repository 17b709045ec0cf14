// The ConfigurationError of an invalid argument.

import { createError } from "./create-error.js";
import { redacted, withoutKeys } from "./redact.js";
import { InvalidArgument, Quoted } from "./values.js";

/** Maximum number of characters of the caller's text that a message quotes. */
const MAX_QUOTED = 60;
/** Maximum length of an option's name, which may be the caller's text, too. */
const MAX_NAME = 100;

/** @param {string} text @param {number} max */
function truncate(text, max) {
  const characters = Array.from(text.slice(0, 2 * max));
  return text.length > max ? `${characters.slice(0, max).join("")}…` : text;
}

/** Creates the `ConfigurationError`, without the keys; returns any other value unchanged.
 * @param {unknown} argument @param {string[]} [keys] @param {import("./call-site.js").CallSite} [callSite] */
export function createConfigurationError(argument, keys = [], callSite = undefined) {
  if (!(argument instanceof InvalidArgument)) return argument;
  const { given: value, allowed, cause } = argument;
  const option = truncate(redacted(argument.option, keys), MAX_NAME);
  const given =
    value instanceof Quoted ? JSON.stringify(truncate(redacted(value.text, keys), MAX_QUOTED)) : redacted(value, keys);
  const problem = given === "nothing" ? `${option} is missing` : `${option}: got ${given}`;
  const message = `${problem}; expected ${allowed}`;
  const record = { kind: "configuration", code: "CONFIGURATION", message, option, given, allowed };
  return createError(record, cause === undefined ? undefined : withoutKeys(cause, keys), callSite);
}
