import { ConfigurationError } from "./errors.js";

/** A function that instantiates the module, then calls `then`, when it is called for the first time. */
export function load(initSync, hex, then) {
  let loaded = false;
  return () => {
    if (loaded) return;
    try {
      initSync({ module: fromHex(hex) });
    } catch (cause) {
      throw isForbidden(cause) ? explained(cause) : cause;
    }
    loaded = true;
    then();
  };
}

// Two table look-ups a byte: parsing each pair as a number is thirty times slower.
function fromHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  const digit = (at) => {
    const code = hex.charCodeAt(at);
    return code < 58 ? code - 48 : code - 87;
  };
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = digit(2 * at) * 16 + digit(2 * at + 1);
  return bytes;
}

/** Browsers refuse with one of these when a page's policy has no word for wasm. */
function isForbidden(cause) {
  return typeof WebAssembly === "undefined" || cause instanceof WebAssembly.CompileError || cause instanceof EvalError;
}

function explained(cause) {
  const given = "a platform that does not compile WebAssembly here";
  const allowed =
    "a Content-Security-Policy whose script-src has 'wasm-unsafe-eval' (in an extension: " +
    `"content_security_policy": { "extension_pages": "script-src 'self' 'wasm-unsafe-eval'" } in the manifest)`;
  const fields = { kind: "configuration", code: "CONFIGURATION", option: "WebAssembly", given, allowed };
  return new ConfigurationError(`WebAssembly: given ${given}; allowed: ${allowed}`, fields, { cause });
}
