import { createConfigurationError } from "./invalid-argument.js";
import { InvalidArgument } from "./values.js";

/** A function that starts the module, then calls `then`, when it is called for the first time. */
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

/** Browsers refuse with one of these when a page's policy has no word for wasm. */
function isForbidden(cause) {
  return typeof WebAssembly === "undefined" || cause instanceof WebAssembly.CompileError || cause instanceof EvalError;
}

/** The error for a platform that compiles no module. */
export function forbidden(cause) {
  const allowed =
    "a Content-Security-Policy whose script-src has 'wasm-unsafe-eval' (in an extension: " +
    `"content_security_policy": { "extension_pages": "script-src 'self' 'wasm-unsafe-eval'" } in the manifest; ` +
    "its content scripts are under the policy of their page); " +
    "on an edge platform, a bundle made with its export condition: workerd (Cloudflare) or edge-light (Vercel)";
  return createConfigurationError(new InvalidArgument("WebAssembly", "a platform that does not compile WebAssembly here", allowed, cause));
}
