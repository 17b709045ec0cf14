/**
 * Calls the caller's event handler, if there is one. Errors that it throws, and rejections of its promise, are ignored.
 */
export function notify(handler, ...args) {
  try {
    Promise.resolve(handler?.(...args)).catch(() => {});
  } catch {
    // Errors of the handler are ignored.
  }
}
