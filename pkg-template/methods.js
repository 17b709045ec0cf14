import { captureTrace } from "./trace.js";

/** Gives a client class the methods that take any path: `client.get(path)` and so on. */
export function defineMethods(Client) {
  const define = (name, method) => Object.defineProperty(Client.prototype, name, { value: method, writable: true, configurable: true });

  define("request", function request(method, path, options) {
    return this.send(method, path, options, true, captureTrace(request));
  });
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    define(method.toLowerCase(), function own(path, options) {
      return this.send(method, path, options, false, captureTrace(own));
    });
  }
  define("retryOnConflict", function retryOnConflict(refresh, apply, options) {
    return this.rounds(refresh, apply, options, captureTrace(retryOnConflict));
  });
}
