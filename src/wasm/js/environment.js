// Features of the environment: a browser, a runtime, or a DOM emulation that has replaced some of Node's globals (jest
// with jsdom).

import { InvalidArgument } from "./values.js";

/** A built-in module of Node; undefined on other platforms. */
function nodeModule(name) {
  try {
    return globalThis.process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/** A platform class, such as `TextDecoder`; Node's own if a DOM emulation has removed it. */
export function platformClass(name) {
  const Class = globalThis[name] ?? nodeModule("node:util")?.[name];
  if (Class !== undefined) return Class;
  throw new InvalidArgument(
    name,
    "an environment that has none",
    `an environment with ${name}: Node 20.16 or newer under jest with jsdom, or a setup file that says globalThis.${name} = require("node:util").${name}`,
  );
}

export const createTextDecoder = () => new (platformClass("TextDecoder"))();

/**
 * Whether `fetch` has an HTTP cache, as in browsers, which serves responses that the server allows to be cached. On
 * other platforms `cache` has another meaning: Next.js uses it to decide how to render a page, and older Workers reject
 * it.
 */
export function hasCache() {
  const has = (of, name) => of !== undefined && Object.hasOwn(of, name);
  // In this order: reading `Request` makes Node load its whole `fetch` implementation.
  return (
    (has(globalThis, "document") || has(globalThis, "WorkerGlobalScope")) && has(globalThis.Request?.prototype, "cache")
  );
}

/**
 * Creates the controller that aborts a request. A DOM emulation replaces Node's `AbortController` with one whose
 * signals Node's `fetch` rejects; the one of a browser, and of Electron, is native code.
 */
export function newController() {
  const isEmulated =
    typeof document === "object" && !/\[native code\]/.test(Function.prototype.toString.call(AbortController));
  return (isEmulated && nodeModule("node:util")?.transferableAbortController?.()) || new AbortController();
}

/**
 * The members that an ordinary object inherits, without those that were added to its prototype: `fetch` also reads
 * inherited options, and a wrapper may call `init.hasOwnProperty`. Members added by assignment are enumerable.
 */
const ORDINARY = Object.create(
  null,
  Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(Object.prototype)).filter(
      ([name, { enumerable }]) => !enumerable && name !== "__proto__",
    ),
  ),
);

/** The second argument of `fetch`, without the body. Its headers are not shared, because a wrapper may change them. */
export function createInit(method, baseHeaders, callHeaders, hasBody, authorization, signal) {
  const headers = { ...baseHeaders, ...callHeaders };
  if (hasBody && !Object.hasOwn(headers, "content-type")) headers["content-type"] = "application/json";
  if (authorization !== undefined) headers.authorization = authorization;
  const init = { __proto__: ORDINARY, method, headers, redirect: "manual", signal };
  if (hasCache()) init.cache = "no-store";
  return init;
}

/** The option of `TextDecoder.decode` for a chunk that is followed by others. */
export const STREAM = { __proto__: null, stream: true };
