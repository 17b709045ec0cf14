import * as openprospect from "../node_modules/openprospect/index.js";
import { runSuite } from "../suite/run.mjs";
import { address, scene } from "./scene.js";

addEventListener("message", (event) => {
  const { source, waitUntil } = /** @type {MessageEvent & {waitUntil: (done: Promise<unknown>) => void}} */ (event);
  waitUntil.call(
    event,
    runSuite(openprospect, address()).then(() => source?.postMessage(scene())),
  );
});
