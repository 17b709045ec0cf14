/** Calls a handler of the caller's, if there is one. What it throws, or its promise is rejected with, changes nothing. */
export function notify(handler, ...args) {
  try {
    Promise.resolve(handler?.(...args)).catch(() => {});
  } catch {
    // An error of the handler's own.
  }
}
