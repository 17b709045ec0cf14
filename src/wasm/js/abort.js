// The caller's abort signal. It may be a polyfill's or an instance of the caller's own class, whose members can throw.

import { attempt } from "./values.js";

/** The only listener of each signal: runtimes warn of a leak if many calls that share one add a listener each.
 * @type {WeakMap<AbortSignal, { callbacks: Set<() => void>, handle: () => void }>} */
const listeners = new WeakMap();

/** Returns a function that removes the callback. @param {AbortSignal} signal @param {() => void} callback */
export function onAbort(signal, callback) {
  const { callbacks, handle } = listeners.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    attempt(() => signal.removeEventListener("abort", handle));
    listeners.delete(signal);
  };
}

/** @param {AbortSignal} signal */
function listen(signal) {
  /** @type {Set<() => void>} */
  const callbacks = new Set();
  const listener = { callbacks, handle: () => callbacks.forEach((run) => run()) };
  listeners.set(signal, listener);
  attempt(() => signal.addEventListener("abort", listener.handle));
  return listener;
}

/** Why a signal was aborted: its own reason, or an `AbortError` if a polyfill has none. @param {AbortSignal} signal */
export function reasonOf(signal) {
  const message = "This operation was aborted";
  try {
    if (signal.reason !== undefined) return signal.reason;
    if (typeof DOMException === "function") return new DOMException(message, "AbortError");
    return Object.assign(new Error(message), { name: "AbortError" });
  } catch (error) {
    return error;
  }
}
