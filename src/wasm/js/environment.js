// What the environment has: a browser, a runtime, or a DOM emulation that has replaced some of Node's globals (jest with jsdom).

import { InvalidArgument } from "./values.js";

/** A built-in module of Node; undefined elsewhere. */
function nodeModule(name) {
  try {
    return globalThis.process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/** A class of the platform, such as `TextDecoder`; where a DOM emulation has removed it, Node's own. */
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
 * Whether `fetch` has a cache of its own, as browsers have, which answers from it what a server allows. Elsewhere `cache` means
 * something else: Next.js makes its pages by it, and older Workers refuse it.
 */
export function hasCache() {
  const has = (of, name) => of !== undefined && Object.hasOwn(of, name);
  // In this order: Node loads all of its `fetch` when `Request` is looked at.
  return (has(globalThis, "document") || has(globalThis, "WorkerGlobalScope")) && has(globalThis.Request?.prototype, "cache");
}

/**
 * Aborts a request. Where a document was put over Node's globals there is another `AbortController`, whose signals Node's `fetch`
 * refuses; the one of a browser, and of Electron, is not written in JavaScript.
 */
export function newController() {
  const isEmulated = typeof document === "object" && !/\[native code\]/.test(Function.prototype.toString.call(AbortController));
  return (isEmulated && nodeModule("node:util")?.transferableAbortController?.()) || new AbortController();
}

/**
 * The members that an ordinary object inherits, without those that were added to its prototype: `fetch` takes inherited options for
 * given ones, and a wrapper may call `init.hasOwnProperty`. What assignments add is enumerable.
 */
const ORDINARY = Object.create(
  null,
  Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(Object.prototype)).filter(([name, { enumerable }]) => !enumerable && name !== "__proto__")),
);

/** The second argument of `fetch`, without the body. Nothing else has its headers: a wrapper may change them. */
export function createInit(method, baseHeaders, callHeaders, hasBody, authorization, signal) {
  const headers = { ...baseHeaders, ...callHeaders };
  if (hasBody && !Object.hasOwn(headers, "content-type")) headers["content-type"] = "application/json";
  if (authorization !== undefined) headers.authorization = authorization;
  const init = { __proto__: ORDINARY, method, headers, redirect: "manual", signal };
  if (hasCache()) init.cache = "no-store";
  return init;
}

/** The option of `TextDecoder.decode` for bytes that others follow. */
export const STREAM = { __proto__: null, stream: true };
