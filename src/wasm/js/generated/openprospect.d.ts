// The module that the build makes of wasm-bindgen's output: one function, so that each instance has bindings of its own.
export function createBindings(platform: object): Bindings;

/** What wasm-bindgen generates: the functions and classes that Rust exports. */
interface Bindings {
  initSync(source: { module: WebAssembly.Module }): WebAssembly.Exports;
  [name: string]: any;
}
