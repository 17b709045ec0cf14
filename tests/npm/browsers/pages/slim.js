import * as openprospect from "openprospect/slim";
import { runSuite } from "../suite/run.mjs";
import { address, leave, scene } from "./scene.js";

let streamed = 0;
const { compileStreaming } = WebAssembly;
WebAssembly.compileStreaming = (response) => {
  streamed += 1;
  return compileStreaming.call(WebAssembly, response);
};
// The other functions must not be called: they need all bytes at once.
WebAssembly.compile = WebAssembly.instantiate = () => {
  throw new Error("the module is not streamed");
};

async function run() {
  await openprospect.init(new URL("../node_modules/openprospect/openprospect.wasm", import.meta.url));
  await runSuite(openprospect, address());
  return { ...scene(), streamed };
}

leave(run());
