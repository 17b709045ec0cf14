// The entry for programs that load the module themselves: from a separate file, compiled while it downloads.

import { makeClient } from "./client.js";
import { isStarted, start as instantiate } from "./instance.js";
import { createConfigurationError } from "./invalid-argument.js";
import { forbidden } from "./load.js";
import { adopted } from "./realm.js";
import { InvalidArgument } from "./values.js";

const EXPECTED =
  "openprospect/openprospect.wasm of the same version: its URL, a Response, its bytes or a WebAssembly.Module";
/** The messages of Chromium, Firefox, WebKit and workerd if a policy blocks WebAssembly. */
const POLICY = /\bCSP\b|unsafe-eval|disallowed by embedder/;

export const OpenProspect = /* @__PURE__ */ makeClient(() => {
  if (!isStarted()) throw invalidModule("none", `${EXPECTED}, passed to init() before the first client is created`);
});

/** @type {typeof import("./slim.d.ts").init} */
export async function init(source) {
  if (isStarted()) return;
  try {
    start(await compiled(adopted(await source)));
  } catch (cause) {
    throw loadError(cause);
  }
}

/** @type {typeof import("./slim.d.ts").initSync} */
export function initSync(source) {
  if (isStarted()) return;
  try {
    const adoptedSource = adopted(source);
    const isModule = adoptedSource instanceof WebAssembly.Module;
    start(isModule ? adoptedSource : new WebAssembly.Module(bytes(adoptedSource)));
  } catch (cause) {
    throw loadError(cause);
  }
}

/** @param {WebAssembly.Module} module */
function start(module) {
  // Another call may have finished first, and clients may already exist.
  if (isStarted()) return;
  // A different module fails to link, unless it has no imports: then it would be kept, and no further attempt could
  // succeed.
  if (WebAssembly.Module.imports(module).length === 0) throw new TypeError("it is another module");
  instantiate(module);
}

/**
 * @param {any} source a `ModuleSource`, or an invalid value
 * @returns {Promise<WebAssembly.Module>}
 */
async function compiled(source) {
  if (source instanceof WebAssembly.Module) return source;
  const isAddress = typeof source === "string" || typeof source?.href === "string";
  const response = isAddress ? await fetch(source.href ?? source) : source;
  if (typeof response?.arrayBuffer !== "function") return WebAssembly.compile(bytes(response));
  if (response.ok === false) throw new TypeError(`${response.status} from ${response.url}`);
  const canStream =
    typeof WebAssembly.compileStreaming === "function" &&
    typeof Response === "function" &&
    response instanceof Response &&
    /^application\/wasm$/i.test(response.headers.get("content-type") ?? "");
  return canStream ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * @param {any} source bytes, or an invalid value
 * @returns {BufferSource}
 */
function bytes(source) {
  if (source === undefined || source === null) throw new TypeError("nothing to load from");
  // Some engines do not accept a DataView.
  if (!ArrayBuffer.isView(source)) return source;
  const { buffer, byteOffset, byteLength } = source;
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength);
}

/**
 * In every browser, the error message names the policy if that is the cause, rather than invalid bytes.
 *
 * @param {any} cause
 */
function loadError(cause) {
  if (typeof WebAssembly === "undefined" || cause instanceof EvalError || POLICY.test(cause?.message))
    return forbidden(cause);
  return invalidModule(`a value that cannot be loaded (${cause?.message ?? cause})`, EXPECTED, cause);
}

/**
 * @param {string} got
 * @param {string} expected
 * @param {unknown} [cause]
 */
const invalidModule = (got, expected, cause) =>
  createConfigurationError(new InvalidArgument("module", got, expected, cause));

export * from "./names.js";
