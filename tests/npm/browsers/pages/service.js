import * as openprospect from "../node_modules/openprospect/index.js";
import { runSuite } from "../suite/run.mjs";
import { address, scene } from "./scene.js";

addEventListener("message", (event) => {
  event.waitUntil(runSuite(openprospect, address()).then(() => event.source.postMessage(scene())));
});
