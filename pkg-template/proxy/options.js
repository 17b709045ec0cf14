const API = "https://api.openprospect.io";
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Maximum delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What an `Authorization` header can carry: visible ASCII characters. */
export const isKey = (value) => typeof value === "string" && /^[!-~]+$/.test(value);
const isFunction = (value) => typeof value === "function";
const isWhole = (value, most) => Number.isInteger(value) && value >= 1 && value <= most;

/** For each option: whether a value is valid, and what is expected. */
const OPTIONS = {
  __proto__: null,
  authorize: [
    isFunction,
    "a function (request) => true for those who may use your API key. Without it everybody could",
  ],
  apiKey: [
    (value) => isKey(value) || isFunction(value),
    "a string of visible ASCII characters, or a function that returns one",
  ],
  prefix: [
    (value) => typeof value === "string" && /^(?:\/[\w~-][\w.~-]*)*\/?$/.test(value),
    'a path such as "/openprospect"',
  ],
  baseUrl: [
    (value) => readBase(value) !== undefined,
    "an https:// URL without credentials, query or fragment (http:// for loopback hosts only)",
  ],
  fetch: [isFunction, "a function such as globalThis.fetch"],
  allowedOrigins: [
    (value) => Array.isArray(value) && value.every(isOrigin),
    'a list of origins such as "https://app.example.com"',
  ],
  maxBodyBytes: [(value) => isWhole(value, Number.MAX_SAFE_INTEGER), "a whole number of bytes, at least 1"],
  timeoutMs: [(value) => isWhole(value, MAX_TIMER_MS), `a whole number of milliseconds from 1 to ${MAX_TIMER_MS}`],
  onError: [isFunction, "a function (error, request) => void"],
};

/** The options with their defaults; throws a `TypeError` that repeats no value, since it may be the key. */
export function readOptions(given) {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`createProxy: got ${typeName(given)}; expected an object of options`);
  for (const name of Object.keys(given)) {
    if (name in OPTIONS) continue;
    // A key in the place of a name is not repeated.
    throw new TypeError(
      `createProxy: unknown option${/^[a-z]{1,20}$/i.test(name) ? ` "${name}"` : ""}; expected ${Object.keys(OPTIONS).join(", ")}`,
    );
  }
  const options = { __proto__: null };
  for (const [name, [isValid, expected]] of Object.entries(OPTIONS)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && name !== "authorize") continue;
    if (!isValid(value)) throw new TypeError(`createProxy: ${name}: got ${typeName(value)}; expected ${expected}`);
    options[name] = value;
  }
  const { prefix = "/openprospect", baseUrl = environment("OPENPROSPECT_BASE_URL") ?? API, apiKey } = options;
  const base = readBase(baseUrl);
  if (base === undefined) throw new TypeError(`createProxy: OPENPROSPECT_BASE_URL: expected ${OPTIONS.baseUrl[1]}`);
  return {
    __proto__: null,
    allowedOrigins: [],
    maxBodyBytes: 10 * 1024 * 1024,
    timeoutMs: 30_000,
    ...options,
    prefix: prefix.replace(/\/$/, ""),
    base,
    // Read late: a build that only imports the module needs no key.
    apiKey: isFunction(apiKey) ? apiKey : () => apiKey ?? environment("OPENPROSPECT_API_KEY"),
  };
}

/** The origin and the path prefix of a base URL, or undefined for one that may not get the key. */
function readBase(text) {
  if (typeof text !== "string" || /[?#]/.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, origin, pathname, username, password } = new URL(text);
  if (username || password || !(protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))))
    return undefined;
  return { origin, path: pathname.replace(/\/+$/, "") };
}

/**
 * As browsers write it in the header `Origin`. "null" stands for many origins, so it cannot be listed; neither can a
 * pattern.
 */
export const isOrigin = (value) =>
  typeof value === "string" && /^https?:[^*]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;

/** An environment variable, if the platform has one and allows reading it. */
function environment(name) {
  try {
    const { env } = globalThis.process;
    return Object.hasOwn(env, name) && env[name] !== "" ? env[name] : undefined;
  } catch {
    return undefined;
  }
}

function typeName(value) {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
