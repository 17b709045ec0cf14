// The settings of a client: its options, and defaults from the platform.

import { clientOptions } from "./options.js";
import { createConfigurationError } from "./invalid-argument.js";
import { headersOf, IDEMPOTENCY_KEY } from "./request.js";
import { InvalidArgument } from "./values.js";

let pollInterval;

/**
 * Makes calls that wait for the limiter poll it, for runtimes that isolate requests: the request that would notify a
 * call may be gone together with its timers, and the runtime treats a request without a timer as hung.
 */
export function pollEvery(ms) {
  pollInterval = ms;
}

/** Reads the options of a client; throws a `ConfigurationError`. */
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
      // No deadline is an infinite one.
      deadlineMs: given.deadlineMs === null ? Infinity : given.deadlineMs,
      // Without a prototype, no header name is special.
      headers: Object.assign(Object.create(null), { accept: "application/json" }, headers),
      apiKey: given.apiKey ?? ("apiKey" in given ? null : variable("OPENPROSPECT_API_KEY")),
      keyProvider: typeof given.apiKey === "function" ? given.apiKey : undefined,
      // The module adds keys to it. It is kept here because it must outlive an instance of the module.
      usedKeys: [],
      baseUrl: given.baseUrl ?? variable("OPENPROSPECT_BASE_URL"),
      documentBase: member(member(globalThis, "document"), "baseURI"),
      isWebPage: isWebPage(),
      pollInterval,
    };
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    // The error must not contain a key that the caller passed as the wrong argument.
    const keys = [member(options, "apiKey"), variable("OPENPROSPECT_API_KEY")];
    throw createConfigurationError(
      error,
      keys.filter((key) => typeof key === "string" && key !== ""),
    );
  }
}

/**
 * A member of any value; `undefined` if it is missing or its getter throws. Members inherited from `Object.prototype`
 * are ignored.
 */
function member(of, name) {
  try {
    return Object.hasOwn(of, name) || !(name in Object.prototype) ? (of[name] ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** An environment variable, if the platform has them and allows reading it. */
const variable = (name) => {
  const value = member(member(member(globalThis, "process"), "env"), name);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/**
 * Whether this is a web page, whose visitors can read everything in it. That includes frames without a URL of their own
 * (`srcdoc`, `blob:`, `data:`), which have their creator's origin or none, but neither an extension's own code nor a
 * local file.
 */
function isWebPage() {
  const location = member(globalThis, "location");
  const protocol = member(location, "protocol");
  const origin = member(globalThis, "origin") ?? member(location, "origin") ?? "null";
  const isExtension = ["chrome", "browser"].some(
    (name) => typeof member(member(member(globalThis, name), "runtime"), "id") === "string",
  );
  const isWeb =
    /^https?:/.test(protocol) ||
    /^https?:/.test(origin) ||
    (origin === "null" && /^(?:about|data|blob):$/.test(protocol));
  return typeof member(globalThis, "document") === "object" && isWeb && !isExtension;
}
