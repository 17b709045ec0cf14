/** Tells a handler of the caller's, if there is one. What it throws, or its promise is rejected with, changes nothing. */
export function tell(handler, ...told) {
  try {
    Promise.resolve(handler?.(...told)).catch(() => {});
  } catch {
    // It is the handler's own.
  }
}
