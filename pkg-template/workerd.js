// The entry for Cloudflare's runtime, which does not compile bytes: the module is an import.

import module from "./openprospect.wasm";
import { makeClient } from "./client.js";
import { start } from "./instance.js";
import { pollEvery } from "./settings.js";

// Each request has its own timers, which end with it; the runtime considers a request that waits without a timer hung.
pollEvery(50);

export const OpenProspect = /* @__PURE__ */ makeClient(() => start(module));

export * from "./names.js";
