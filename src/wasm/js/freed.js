import { misused } from "./misuse.js";

/** A freed client has no memory left: it refuses calls before they reach the module. `method` and what it called are not in the stack. */
export function refused(method) {
  const error = misused({ option: "client", given: "a client after free()", allowed: "a client that is not freed: make another one with new OpenProspect()" });
  Error.captureStackTrace?.(error, method);
  return Promise.reject(error);
}
