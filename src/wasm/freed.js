import { misused } from "./misuse.js";

const METHODS = ["send", "refuse"];

/** A freed client has no memory left: it refuses calls before they reach the module, which would trap. */
export function refuseCalls(client) {
  for (const name of METHODS) Object.defineProperty(client, name, { value: refuse });
}

function refuse() {
  const error = misused({ option: "client", given: "a client after free()", allowed: "a client that is not freed: make another one with new OpenProspect()" });
  Error.captureStackTrace?.(error, refuse);
  return Promise.reject(error);
}
