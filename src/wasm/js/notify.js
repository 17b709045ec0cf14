/** Calls an event handler; ignores errors that it throws, and rejections of its promise.
 * @param {(...args: any[]) => unknown} handler @param {any[]} args */
export async function notify(handler, ...args) {
  try {
    await handler(...args);
  } catch {}
}
