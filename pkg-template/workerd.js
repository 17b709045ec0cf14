// The entry for Cloudflare's runtime, which compiles no bytes: it takes the module as an import.

import { initSync } from "./openprospect.js";
import module from "./openprospect.wasm";
import { makeClient } from "./client.js";

export const OpenProspect = /* @__PURE__ */ makeClient(() => initSync({ module }));

export * from "./names.js";
