import { createConfigurationError } from "./invalid-argument.js";
import { InvalidArgument } from "./values.js";

/**
 * Returns a function whose first call starts the module and then calls `then`.
 *
 * @param {() => void} start
 * @param {() => void} then
 */
export function load(start, then) {
  let loaded = false;
  return () => {
    if (loaded) return;
    try {
      start();
    } catch (cause) {
      throw isForbidden(cause) ? forbidden(cause) : cause;
    }
    loaded = true;
    then();
  };
}

/**
 * Whether a page's policy does not allow wasm: browsers throw one of these errors.
 *
 * @param {unknown} cause
 */
function isForbidden(cause) {
  return typeof WebAssembly === "undefined" || cause instanceof WebAssembly.CompileError || cause instanceof EvalError;
}

/**
 * The error for a platform that does not compile modules.
 *
 * @param {unknown} cause
 */
export function forbidden(cause) {
  const expected =
    "a Content-Security-Policy whose script-src has 'wasm-unsafe-eval' (in an extension: " +
    `"content_security_policy": { "extension_pages": "script-src 'self' 'wasm-unsafe-eval'" } in the manifest; ` +
    "its content scripts are under the policy of their page); " +
    "on an edge platform, a bundle made with its export condition: workerd (Cloudflare) or edge-light (Vercel)";
  return createConfigurationError(
    new InvalidArgument("WebAssembly", "a platform that does not compile WebAssembly here", expected, cause),
  );
}
