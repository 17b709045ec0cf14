// The client itself failed: what whoever waits for it is told.

import { redacted, withoutKeys } from "./cause.js";
import { createError } from "./errors.js";

const RESOLUTION = "Make the call again if it may be done twice; it has a new instance of the module. Please report the cause.";

/** The `InternalError` for what was thrown, in a call if a method and a path are given. */
export function internal(thrown, keys, trace, method, path) {
  const cause = withoutKeys(thrown, keys);
  const request = path && {
    method: method.toUpperCase(),
    path: redacted(path.split("?", 1)[0], keys),
    mayHaveBeenApplied: !/^(?:GET|HEAD|OPTIONS)$/i.test(method),
  };
  const words = `the client itself failed: ${cause?.message ?? cause}`;
  const message = request ? `${request.method} ${request.path} → ${words}` : words;
  return createError({ kind: "internal", code: "INTERNAL", message, resolution: RESOLUTION, retryable: true, ...request }, cause, trace);
}
