import * as openprospect from "openprospect";
import { runSuite } from "../suite/run.mjs";
import { address, leave, scene } from "./scene.js";

leave(runSuite(openprospect, address()).then(scene));
