// What a client is made of: its options, and what they leave to the platform.

import { clientOptions } from "./options.js";
import { createConfigurationError } from "./invalid-argument.js";
import { headersOf, IDEMPOTENCY_KEY } from "./request.js";
import { InvalidArgument } from "./values.js";

let pollInterval;

/**
 * Lets calls that wait for the limiter look for themselves from time to time, for runtimes that keep requests apart: the request that
 * would notify them may be gone with its timers, and a request without a timer is taken to hang.
 */
export function pollEvery(ms) {
  pollInterval = ms;
}

/** The options of a client, read; throws a `ConfigurationError`. */
export function settingsOf(options) {
  try {
    const given = clientOptions(options);
    const headers = headersOf(given.headers);
    if (IDEMPOTENCY_KEY in headers) {
      const allowed = "the option idempotencyKey of a single call: shared by all calls it would make them one";
      throw new InvalidArgument(`headers.${IDEMPOTENCY_KEY}`, "a header for every request", allowed);
    }
    return {
      __proto__: null,
      ...given,
      // A client without a deadline has an endless one.
      deadlineMs: given.deadlineMs === null ? Infinity : given.deadlineMs,
      // Without a prototype no name is a special one.
      headers: Object.assign(Object.create(null), { accept: "application/json" }, headers),
      apiKey: given.apiKey ?? (("apiKey" in given) ? null : variable("OPENPROSPECT_API_KEY")),
      keyProvider: typeof given.apiKey === "function" ? given.apiKey : undefined,
      // The module adds to it. It is here since it outlives an instance of the module.
      usedKeys: [],
      baseUrl: given.baseUrl ?? variable("OPENPROSPECT_BASE_URL"),
      documentBase: member(member(globalThis, "document"), "baseURI"),
      isWebPage: isWebPage(),
      pollInterval,
    };
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    // A key that was put into the wrong place is not repeated.
    const keys = [member(options, "apiKey"), variable("OPENPROSPECT_API_KEY")];
    throw createConfigurationError(error, keys.filter((key) => typeof key === "string" && key !== ""));
  }
}

/** Of anything, nothing where there is none or its getter throws. What all objects have is nobody's own. */
function member(of, name) {
  try {
    return Object.hasOwn(of, name) || !(name in Object.prototype) ? of[name] ?? undefined : undefined;
  } catch {
    return undefined;
  }
}

/** A variable of the environment, where there is one and it may be read. */
const variable = (name) => {
  const value = member(member(member(globalThis, "process"), "env"), name);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/**
 * Is this a page of the web, whose visitors can read all that it holds? So are its frames without an address of their own
 * (`srcdoc`, `blob:`, `data:`), which have their creator's origin or none. An extension's own code is not, nor a local file.
 */
function isWebPage() {
  const location = member(globalThis, "location");
  const protocol = member(location, "protocol");
  const origin = member(globalThis, "origin") ?? member(location, "origin") ?? "null";
  const isExtension = ["chrome", "browser"].some((name) => typeof member(member(member(globalThis, name), "runtime"), "id") === "string");
  const isWeb = /^https?:/.test(protocol) || /^https?:/.test(origin) || (origin === "null" && /^(?:about|data|blob):$/.test(protocol));
  return typeof member(globalThis, "document") === "object" && isWeb && !isExtension;
}
