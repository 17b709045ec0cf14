// Features of a browser, a runtime, or a DOM emulation that has replaced some of Node's globals (jest with jsdom).

import { attempt, InvalidArgument } from "./values.js";

/** Node's `util`; undefined on other platforms. */
const nodeUtil = () => attempt(() => globalThis.process.getBuiltinModule("node:util"));

/** A platform class; Node's own if a DOM emulation has removed it.
 * @type {<Name extends "TextDecoder" | "TextEncoder">(name: Name) => (typeof globalThis)[Name]} */
export function platformClass(name) {
  const Class = globalThis[name] ?? /** @type {any} */ (nodeUtil())?.[name];
  if (Class !== undefined) return Class;
  const versions = `an environment with ${name}: Node 20.16 or newer under jest with jsdom, or `;
  const setup = `a setup file that says globalThis.${name} = require("node:util").${name}`;
  throw new InvalidArgument(name, "an environment that has none", versions + setup);
}

export const createTextDecoder = () => new (platformClass("TextDecoder"))();

/** Whether `fetch` has an HTTP cache, as in browsers. On other platforms the option `cache` has another meaning:
 * Next.js uses it to decide how to render a page, and older Workers reject it. */
export function hasCache() {
  const isBrowser = Object.hasOwn(globalThis, "document") || Object.hasOwn(globalThis, "WorkerGlobalScope");
  // Last, because reading `Request` makes Node load its whole `fetch` implementation.
  return isBrowser && Object.hasOwn(globalThis.Request?.prototype ?? {}, "cache");
}

/** Creates the controller that aborts a request. A DOM emulation replaces Node's `AbortController` with one whose
 * signals Node's `fetch` rejects; the one of a browser, and of Electron, is native code. */
export function newController() {
  const isEmulated =
    typeof document === "object" && !/\[native code\]/.test(Function.prototype.toString.call(AbortController));
  return (isEmulated && nodeUtil()?.transferableAbortController?.()) || new AbortController();
}

const INHERITED = Object.entries(Object.getOwnPropertyDescriptors(Object.prototype));
/** The members that an ordinary object inherits, without those that were added to its prototype: `fetch` also reads
 * inherited options, and a wrapper may call `init.hasOwnProperty`. Members added by assignment are enumerable. */
const ORDINARY = Object.create(
  null,
  Object.fromEntries(INHERITED.filter(([name, { enumerable }]) => !enumerable && name !== "__proto__")),
);

/** The second argument of `fetch`, without the body. Its headers are not shared, because a wrapper may change them.
 * @param {string} method @param {Record<string, string>} baseHeaders @param {Record<string, string>} callHeaders
 * @param {boolean} hasBody @param {string | undefined} authorization @param {AbortSignal} signal */
export function createInit(method, baseHeaders, callHeaders, hasBody, authorization, signal) {
  const headers = { ...baseHeaders, ...callHeaders };
  if (hasBody && !Object.hasOwn(headers, "content-type")) headers["content-type"] = "application/json";
  if (authorization !== undefined) headers.authorization = authorization;
  const cache = hasCache() ? { cache: "no-store" } : undefined;
  return { __proto__: ORDINARY, method, headers, redirect: "manual", signal, ...cache };
}

/** The option of `TextDecoder.decode` for a chunk that is followed by others. */
export const STREAM = { __proto__: null, stream: true };
