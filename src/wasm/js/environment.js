// Classes that are missing where a DOM emulation replaces Node's globals (jest with jsdom): they are taken from Node itself.

import { misused } from "./misuse.js";

/** A built-in module of Node; undefined elsewhere. */
function nodeModule(name) {
  try {
    return globalThis.process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/** A class of the platform, such as `TextDecoder`. */
export function platformClass(name) {
  const Class = globalThis[name] ?? nodeModule("node:util")?.[name];
  if (Class !== undefined) return Class;
  throw misused({
    option: name,
    given: "an environment that has none",
    allowed: `an environment with ${name}: Node 20.16 or newer under jest with jsdom, or a setup file that says globalThis.${name} = require("node:util").${name}`,
  });
}

/**
 * Whether `fetch` has a cache of its own, as browsers have, which answer from it what a server lets them keep: a job would stand
 * still, and an edit never see the newer version. Elsewhere `cache` says something else: Next.js makes its pages by it, and older
 * Workers refuse it.
 */
export function hasCache() {
  const has = (of, name) => of !== undefined && Object.hasOwn(of, name);
  return (has(globalThis, "document") || has(globalThis, "WorkerGlobalScope")) && has(globalThis.Request?.prototype, "cache");
}

/**
 * What stops a request. Where a document was put over Node's globals there is another `AbortController`, whose signals Node's
 * `fetch` refuses; the one of a browser, and of Electron, is no JavaScript.
 */
export function createController() {
  const isEmulated = typeof document === "object" && !/\[native code\]/.test(Function.prototype.toString.call(AbortController));
  return (isEmulated && nodeModule("node:util")?.transferableAbortController?.()) || new AbortController();
}
