// The entry for Cloudflare's runtime, which compiles no bytes: it takes the module as an import.

import module from "./openprospect.wasm";
import { makeClient } from "./client.js";
import { start } from "./instance.js";
import { pollEvery } from "./settings.js";

// Each request has timers of its own, which end with it; one that waits without any is taken to hang.
pollEvery(50);

export const OpenProspect = /* @__PURE__ */ makeClient(() => start(module));

export * from "./names.js";
