// The entry for Cloudflare's runtime, which compiles no bytes: it takes the module as an import.

import { initSync } from "./openprospect.js";
import module from "./openprospect.wasm";
import { makeClient } from "./client.js";
import { lookOften } from "./wait.js";

// Each request has timers of its own, which end with it; one that waits without any is taken to hang.
lookOften(50);

export const OpenProspect = /* @__PURE__ */ makeClient(() => initSync({ module }));

export * from "./names.js";
