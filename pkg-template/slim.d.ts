/** The client without its module, for programs that load the module themselves. Everything else is as in `openprospect`. */

export * from "./index.js";

/** The bytes of `openprospect/openprospect.wasm`, or what they were compiled to: a `WebAssembly.Module`. */
export type ModuleBytes = ArrayBuffer | ArrayBufferView | WebAssemblyModule;

/** Where `init` takes the module from: an address to fetch it from, a response with it, or the module itself. */
export type ModuleSource = string | { readonly href: string } | ModuleResponse | ModuleBytes;

/** A `WebAssembly.Module`, also for compilers that do not know it. */
export type WebAssemblyModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Own } } } ? Own : object;

/** A `Response`, also for compilers that do not know it. */
export type ModuleResponse = typeof globalThis extends { Response: { prototype: infer Own } } ? Own : { arrayBuffer(): Promise<ArrayBuffer> };

/**
 * Loads the module, compiled while it comes in where the server says `application/wasm`.
 *
 * It is needed once, before the first `new OpenProspect()`, which throws a `ConfigurationError` without it. Further calls
 * do nothing.
 *
 * @throws {ConfigurationError} if there is no module, or it is not that of this version; another attempt is allowed
 */
export function init(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** As `init`, at once: from bytes, or from a `WebAssembly.Module` as edge platforms import it. */
export function initSync(module: ModuleBytes): void;
