// The settings of a client: its options, and defaults from the platform.

import { createConfigurationError } from "./invalid-argument.js";
import { clientOptions } from "./options.js";
import { headersOf, IDEMPOTENCY_KEY } from "./request.js";
import { attempt, InvalidArgument } from "./values.js";

/** @type {number | undefined} */
let pollInterval;

/** Makes calls that wait for the limiter poll it, for runtimes that isolate requests: the request that would notify a
 * call may be gone together with its timers, and the runtime treats a request without a timer as hung.
 * @param {number} ms */
export function pollEvery(ms) {
  pollInterval = ms;
}

/** The texts among these values that are not empty. @param {any[]} values @returns {string[]} */
export const texts = (...values) => values.filter((value) => typeof value === "string" && value !== "");

/** Reads the options of a client; throws a `ConfigurationError`. @param {unknown} options */
export function settingsOf(options) {
  try {
    const read = clientOptions(options);
    const headers = headersOf(read.headers);
    if (IDEMPOTENCY_KEY in headers) {
      const expected = "the option idempotencyKey of a single call: shared by all calls it would make them one";
      throw new InvalidArgument(`headers.${IDEMPOTENCY_KEY}`, "a header for every request", expected);
    }
    return {
      __proto__: null,
      ...read,
      deadlineMs: read.deadlineMs === null ? Infinity : read.deadlineMs,
      // Without a prototype, no header name is special.
      headers: Object.assign(Object.create(null), { accept: "application/json" }, headers),
      apiKey: read.apiKey ?? ("apiKey" in read ? null : variable("OPENPROSPECT_API_KEY")),
      keyProvider: typeof read.apiKey === "function" ? read.apiKey : undefined,
      // The module adds keys to it. It is kept here because it must outlive an instance of the module.
      usedKeys: /** @type {string[]} */ ([]),
      baseUrl: read.baseUrl ?? variable("OPENPROSPECT_BASE_URL"),
      documentBase: member(globalThis, "document", "baseURI"),
      isWebPage: isWebPage(),
      pollInterval,
    };
  } catch (error) {
    // The error must not contain a key that the caller passed as the wrong argument.
    throw createConfigurationError(error, texts(member(options, "apiKey"), variable("OPENPROSPECT_API_KEY")));
  }
}

/** A member, if it is not inherited from `Object.prototype`. @param {any} value @param {string[]} path */
const member = (value, ...path) =>
  path.reduce(
    (of, name) =>
      attempt(() => (Object.hasOwn(of, name) || !(name in Object.prototype) ? (of[name] ?? undefined) : undefined)),
    value,
  );

/** An environment variable, if the platform has them and allows reading it. @param {string} name */
const variable = (name) => texts(member(globalThis, "process", "env", name)).at(0);

/** Whether this is a web page, whose visitors can read everything in it. That includes frames without a URL of their
 * own (`srcdoc`, `blob:`, `data:`: with their creator's origin or none), but no extension and no local file. */
function isWebPage() {
  const location = member(globalThis, "location");
  const protocol = member(location, "protocol");
  const origin = member(globalThis, "origin") ?? member(location, "origin") ?? "null";
  const isExtension = ["chrome", "browser"].some(
    (name) => typeof member(globalThis, name, "runtime", "id") === "string",
  );
  const isFrame = origin === "null" && /^(?:about|data|blob):$/.test(protocol);
  const isWeb = /^https?:/.test(protocol) || /^https?:/.test(origin) || isFrame;
  return typeof member(globalThis, "document") === "object" && isWeb && !isExtension;
}
