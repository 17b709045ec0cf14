// A file of its own, because the bundle has every export of a file that the module imports.

/** Wraps any value in a native promise: the `then` of another object may throw. @param {unknown} value */
export function adopt(value) {
  const isPromise = value instanceof Promise && !Object.hasOwn(value, "then");
  return isPromise && Object.getPrototypeOf(value) === Promise.prototype ? value : (async () => value)();
}
