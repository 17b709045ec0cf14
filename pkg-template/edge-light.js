// The entry for Vercel's edge runtime, which compiles no bytes: it takes the module as an import, named its own way.

import { initSync } from "./openprospect.js";
import module from "./openprospect.wasm?module";
import { makeClient } from "./client.js";
import { adopted } from "./realm.js";

export const OpenProspect = /* @__PURE__ */ makeClient(() => initSync({ module: adopted(module) }));

export * from "./names.js";
