// Modules that were compiled in another realm, such as the one around Vercel's sandbox.

/**
 * Returns the same source. The glue checks its argument with `instanceof`, which is false for a module of another
 * realm.
 *
 * @template T
 * @param {T} source
 */
export function adopted(source) {
  const isModule = Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
  if (isModule && !(source instanceof WebAssembly.Module)) Object.setPrototypeOf(source, WebAssembly.Module.prototype);
  return source;
}
