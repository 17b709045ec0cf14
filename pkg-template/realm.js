// Modules that were compiled in another realm, such as the one around Vercel's sandbox.

/** The same source. The glue asks `instanceof` what it was given, and to that a module of another realm is none. */
export function adopted(source) {
  const isModule = Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
  if (isModule && !(source instanceof WebAssembly.Module)) Object.setPrototypeOf(source, WebAssembly.Module.prototype);
  return source;
}
