// The entry for Vercel's edge runtime, which does not compile bytes: the module is an import, with a name of its own.

import module from "./openprospect.wasm?module";
import { makeClient } from "./client.js";
import { start } from "./instance.js";
import { adopted } from "./realm.js";

export const OpenProspect = /* @__PURE__ */ makeClient(() => start(adopted(module)));

export * from "./names.js";
