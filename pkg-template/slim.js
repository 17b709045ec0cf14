// The entry for programs that load the module themselves: from a separate file, compiled while it downloads.

import { makeClient } from "./client.js";
import { isStarted, start as instantiate } from "./instance.js";
import { createConfigurationError } from "./invalid-argument.js";
import { forbidden } from "./load.js";
import { adopted } from "./realm.js";
import { InvalidArgument } from "./values.js";

const ALLOWED =
  "openprospect/openprospect.wasm of the same version: its address, a Response, its bytes or a WebAssembly.Module";
/** The messages of Chromium, Firefox, WebKit and workerd if a policy blocks WebAssembly. */
const POLICY = /\bCSP\b|unsafe-eval|disallowed by embedder/;

export const OpenProspect = /* @__PURE__ */ makeClient(() => {
  if (!isStarted()) throw invalidModule("none", `${ALLOWED}, given to init() before the first client`);
});

export async function init(source) {
  if (isStarted()) return;
  try {
    start(await compiled(adopted(await source)));
  } catch (cause) {
    throw refused(cause);
  }
}

export function initSync(source) {
  if (isStarted()) return;
  try {
    const given = adopted(source);
    start(given instanceof WebAssembly.Module ? given : new WebAssembly.Module(bytes(given)));
  } catch (cause) {
    throw refused(cause);
  }
}

function start(module) {
  // Another call may have finished first, and clients may already exist.
  if (isStarted()) return;
  // A different module fails to link, unless it has no imports: then it would be kept, and no further attempt could
  // succeed.
  if (WebAssembly.Module.imports(module).length === 0) throw new TypeError("it is another module");
  instantiate(module);
}

async function compiled(source) {
  if (source instanceof WebAssembly.Module) return source;
  const isAddress = typeof source === "string" || typeof source?.href === "string";
  const response = isAddress ? await fetch(source.href ?? source) : source;
  if (typeof response?.arrayBuffer !== "function") return WebAssembly.compile(bytes(response));
  if (response.ok === false) throw new TypeError(`${response.status} from ${response.url}`);
  const canStream =
    WebAssembly.compileStreaming &&
    typeof Response === "function" &&
    response instanceof Response &&
    /^application\/wasm$/i.test(response.headers.get("content-type"));
  return canStream ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function bytes(source) {
  if (source === undefined || source === null) throw new TypeError("nothing to load from");
  // Some engines do not accept a DataView.
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : source;
}

/** In every browser, the error message names the policy if that is the cause, rather than invalid bytes. */
function refused(cause) {
  if (typeof WebAssembly === "undefined" || cause instanceof EvalError || POLICY.test(cause?.message))
    return forbidden(cause);
  return invalidModule(`what cannot be loaded (${cause?.message ?? cause})`, ALLOWED, cause);
}

const invalidModule = (...argument) => createConfigurationError(new InvalidArgument("module", ...argument));

export * from "./names.js";
