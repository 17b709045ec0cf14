// The entry for Vercel's edge runtime, which compiles no bytes: it takes the module as an import, named its own way.

import module from "./openprospect.wasm?module";
import { makeClient } from "./client.js";
import { start } from "./instance.js";
import { adopted } from "./realm.js";

export const OpenProspect = /* @__PURE__ */ makeClient(() => start(adopted(module)));

export * from "./names.js";
