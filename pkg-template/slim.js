// The entry for those who load the module themselves: from a file of its own, compiled while it comes in.

import initialise, { initSync as instantiate } from "./openprospect.js";
import { makeClient } from "./client.js";
import { forbidden } from "./load.js";
import { misused } from "./misuse.js";
import { adopted } from "./realm.js";

const ALLOWED = "openprospect/openprospect.wasm of the same version: its address, a Response, its bytes or a WebAssembly.Module";

let isLoaded = false;

export const OpenProspect = /* @__PURE__ */ makeClient(() => {
  if (!isLoaded) throw misused({ option: "module", given: "none", allowed: `${ALLOWED}, given to init() before the first client` });
});

export async function init(source) {
  if (isLoaded) return;
  try {
    await initialise({ module_or_path: required(await source) });
  } catch (cause) {
    throw refused(cause);
  }
  isLoaded = true;
}

export function initSync(module) {
  if (isLoaded) return;
  try {
    instantiate({ module: adopted(required(module)) });
  } catch (cause) {
    throw refused(cause);
  }
  isLoaded = true;
}

/** The glue would take undefined for bytes. */
function required(source) {
  if (source === undefined || source === null) throw new TypeError("nothing to load from");
  return source;
}

/** What is refused by a policy, and not for its bytes, says so in every browser. */
function refused(cause) {
  if (typeof WebAssembly === "undefined" || cause instanceof EvalError || /polic|CSP|unsafe-eval|disallowed/i.test(cause?.message)) return forbidden(cause);
  return misused({ option: "module", given: `what cannot be loaded (${cause?.message ?? cause})`, allowed: ALLOWED, cause });
}

export * from "./names.js";
