// The caller's abort signal. It may be a polyfill's or an instance of the caller's own class, whose members can throw.

/**
 * Many calls may share one signal. It gets a single listener regardless of their number: runtimes warn of a leak when a
 * signal has more than a few.
 */
const listeners = new WeakMap();

/** Calls `callback` once the signal is aborted; returns a function that removes the callback. */
export function onAbort(signal, callback) {
  let listener = listeners.get(signal);
  if (listener === undefined) {
    const callbacks = new Set();
    listener = { callbacks, handle: () => callbacks.forEach((run) => run()) };
    listeners.set(signal, listener);
    ignoreErrors(() => signal.addEventListener("abort", listener.handle));
  }
  listener.callbacks.add(callback);
  return () => {
    listener.callbacks.delete(callback);
    if (listener.callbacks.size > 0) return;
    ignoreErrors(() => signal.removeEventListener("abort", listener.handle));
    listeners.delete(signal);
  };
}

function ignoreErrors(run) {
  try {
    run();
  } catch {}
}

/** Returns why a signal was aborted: its own reason, or an `AbortError` if a polyfill has none. */
export function reasonOf(signal) {
  try {
    return signal.reason === undefined ? createAbortError("This operation was aborted") : signal.reason;
  } catch (error) {
    return error;
  }
}

function createAbortError(message) {
  if (typeof DOMException === "function") return new DOMException(message, "AbortError");
  const error = new Error(message);
  error.name = "AbortError";
  return error;
}
