import { misused } from "./misuse.js";

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
  return misused({
    option: "WebAssembly",
    given: "a platform that does not compile WebAssembly here",
    allowed:
      "a Content-Security-Policy whose script-src has 'wasm-unsafe-eval' (in an extension: " +
      `"content_security_policy": { "extension_pages": "script-src 'self' 'wasm-unsafe-eval'" } in the manifest; ` +
      "its content scripts are under the policy of their page); " +
      "on an edge platform, a bundle made with its export condition: workerd (Cloudflare) or edge-light (Vercel)",
    cause,
  });
}
