// The process in which one client is measured once. Its first argument is the job; it sends the result and exits.

import { subscribe } from "node:diagnostics_channel";
import { scenarioNamed } from "./scenarios/index.mjs";
import { observeWasm } from "./wasm.mjs";

const { scenario: scenarioName, name, url, scale } = JSON.parse(process.argv[2]);
const scenario = scenarioNamed(scenarioName);
const size = scenario.sizes[scale];
const key = "lnc_test_00000000000000000000000000000000";

process.on("disconnect", () => process.exit());

// Node publishes each request on a diagnostics channel, whichever client sends it. There is no subscriber where single
// calls are timed.
let sent = 0;
if (scenario.counted) {
  for (const channel of ["undici:client:sendHeaders", "http.client.request.start"])
    subscribe(channel, () => {
      sent += 1;
    });
}
const requests = () => sent;
const wasmBytes = observeWasm();

let client = null;
if (!scenario.alone) {
  const { make } = await import(`./clients/${name}.mjs`);
  client = make({ url, key, ...scenario.settings });
}
const result = await scenario.measure({ client, name, url, key, size, requests, wasmBytes });
process.send?.({ requests: requests(), ...result }, undefined, undefined, () => process.exit());
