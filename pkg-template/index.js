// The entry for every environment that can compile wasm from bytes: loads the module and defines the exports. Nothing
// happens on import; the first `new OpenProspect()` instantiates the module.

import { decoder, parts } from "./bytes.js";
import { makeClient } from "./client.js";
import { decode } from "./decode.js";
import { start } from "./instance.js";

export const OpenProspect = /* @__PURE__ */ makeClient(() => start(new WebAssembly.Module(decode(decoder, parts))));

export * from "./names.js";
