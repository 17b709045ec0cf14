import { callOf, perform, refused } from "./calls.js";
import { Misuse, wrong } from "./misuse.js";
import { conflictOptions, requestOptions } from "./options.js";
import { checkedPath, jsonBody, withQuery } from "./request.js";
import { untilNoConflict } from "./rounds.js";
import { captureTrace } from "./trace.js";

/** Those that `fetch` can send. */
const METHODS = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH)$/i;

/** Gives a client class the methods that take any path: `client.get(path)` and so on. */
export function defineMethods(Client) {
  const define = (name, method) => Object.defineProperty(Client.prototype, name, { __proto__: null, value: method, writable: true, configurable: true });

  define("request", function request(method, path, options) {
    return any(this, method, path, options, true, captureTrace(request));
  });
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    define(method.toLowerCase(), function own(path, options) {
      return any(this, method, path, options, false, captureTrace(own));
    });
  }
  define("retryOnConflict", function retryOnConflict(refresh, apply, options) {
    return rounds(this, refresh, apply, options, captureTrace(retryOnConflict));
  });
}

function any(client, method, path, given, whole, trace) {
  const read = () => {
    if (typeof method !== "string" || !METHODS.test(method)) throw wrong("method", method, "GET, HEAD, OPTIONS, PUT, DELETE, POST or PATCH");
    checkedPath(path);
    const options = requestOptions(given);
    const body = jsonBody(options.body);
    if (body !== undefined && /^(?:GET|HEAD)$/i.test(method)) throw new Misuse("body", "a body", "none: a GET or HEAD request has no body");
    return callOf({ whole, method, path: withQuery(path, options.query), body }, options);
  };
  return perform(client, read, trace);
}

/** Refreshes and applies until there is no conflict. */
export function rounds(client, refresh, apply, given, trace) {
  try {
    for (const [name, value] of Object.entries({ refresh, apply })) if (typeof value !== "function") throw wrong(name, value, "a function");
    const { maxRounds = 3, signal } = conflictOptions(given);
    return untilNoConflict(client.constructor, refresh, apply, maxRounds, signal);
  } catch (error) {
    return refused(client, error, trace);
  }
}
