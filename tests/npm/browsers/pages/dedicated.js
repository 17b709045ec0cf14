// Import maps do not apply to workers.
import * as openprospect from "../node_modules/openprospect/index.js";
import { runSuite } from "../suite/run.mjs";
import { address, scene } from "./scene.js";

runSuite(openprospect, address()).then(() => postMessage(scene()));
