/**
 * The client without its module, for programs that load the module themselves. Everything else is as in `openprospect`.
 */

export * from "./index.js";

/** The bytes of `openprospect/openprospect.wasm`, or a `WebAssembly.Module` compiled from them. */
export type ModuleBytes = ArrayBuffer | ArrayBufferView | WebAssemblyModule;

/** The source of the module for `init`: a URL to fetch it from, a response that contains it, or the module itself. */
export type ModuleSource = string | { readonly href: string } | ModuleResponse | ModuleBytes;

/** A `WebAssembly.Module`, also for compilers that do not know it. */
export type WebAssemblyModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Own } } }
  ? Own
  : object;

/** A `Response`, also for compilers that do not know it. */
export type ModuleResponse = typeof globalThis extends { Response: { prototype: infer Own } }
  ? Own
  : { arrayBuffer(): Promise<ArrayBuffer> };

/**
 * Loads the module, compiled while it downloads if the server sends the content type `application/wasm`.
 *
 * Call it once, before the first `new OpenProspect()`, which throws a `ConfigurationError` without it. Further calls
 * do nothing.
 *
 * @throws {ConfigurationError} if the module is missing, or is not the one of this version; the call may be repeated
 */
export function init(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** Synchronous `init`: from bytes, or from a `WebAssembly.Module` as edge platforms import it. */
export function initSync(module: ModuleBytes): void;
