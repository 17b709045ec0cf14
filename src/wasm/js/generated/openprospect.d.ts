// The module that the build makes of wasm-bindgen's output: one function, so that each instance of it has bindings of
// its own.
export function createBindings(platform: object): Bindings;

interface Bindings {
  instantiate(module: WebAssembly.Module): void;
  /** The classes that Rust exports, by name. */
  classes: Record<string, any>;
}
