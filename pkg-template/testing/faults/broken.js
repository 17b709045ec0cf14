/** The error that fetch throws when a connection breaks. */
export function broken(message) {
  const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  return new TypeError(message, { cause });
}
