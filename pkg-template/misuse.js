import { ConfigurationError } from "./errors.js";

/** The error for a wrong use that is seen without the module: in its absence, or after it is gone. */
export function misuse(option, given, allowed, options) {
  const fields = { kind: "configuration", code: "CONFIGURATION", option, given, allowed };
  return new ConfigurationError(`${option}: given ${given}; allowed: ${allowed}`, fields, options);
}
