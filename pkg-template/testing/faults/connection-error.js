/**
 * The error that fetch throws when a connection breaks.
 *
 * @param {string} message
 */
export function createConnectionError(message) {
  const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  return new TypeError(message, { cause });
}
