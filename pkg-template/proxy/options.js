import { bare } from "./bare.js";

/** @import { ProxyOptions } from "./index.d.ts" */
/** @typedef {{origin: string, path: string}} Base The origin and the path prefix of a base URL. */

/**
 * @typedef {object} RequiredSettings
 * @property {string} prefix without a trailing slash
 * @property {Base} base
 * @property {readonly string[]} allowedOrigins
 * @property {number} maxBodyBytes
 * @property {number} timeoutMs
 * @property {(request: Request) => string | undefined | PromiseLike<string>} apiKey
 */
/** @typedef {Pick<ProxyOptions, "authorize" | "fetch" | "onError"> & RequiredSettings} Settings */

const API_URL = "https://api.openprospect.io";
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Maximum delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * What an `Authorization` header can contain: visible ASCII characters.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export const isKey = (value) => typeof value === "string" && /^[!-~]+$/.test(value);

/**
 * @param {unknown} value
 * @returns {value is (...args: any[]) => any}
 */
const isFunction = (value) => typeof value === "function";

/**
 * @param {unknown} value
 * @param {number} max
 */
const isCount = (value, max) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;

/**
 * For each option: whether a value is valid, and what is expected.
 *
 * @type {Record<keyof ProxyOptions, [isValid: (value: unknown) => boolean, expected: string]>}
 */
const OPTIONS = bare({
  authorize: [
    isFunction,
    "a function (request) => true for callers that may use your API key. Without it every caller could",
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
  maxBodyBytes: [(value) => isCount(value, Number.MAX_SAFE_INTEGER), "a whole number of bytes, at least 1"],
  timeoutMs: [(value) => isCount(value, MAX_TIMER_MS), `a whole number of milliseconds from 1 to ${MAX_TIMER_MS}`],
  onError: [isFunction, "a function (error, request) => void"],
});
const NAMES = /** @type {(keyof ProxyOptions)[]} */ (Object.keys(OPTIONS));

/**
 * The options with their defaults; throws a `TypeError` that repeats no value, since it may be the key.
 *
 * @param {ProxyOptions} options
 * @returns {Settings}
 */
export function readOptions(options) {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`createProxy: got ${typeName(options)}; expected an object of options`);
  for (const name of Object.keys(options)) {
    if (name in OPTIONS) continue;
    // The name can be a key that was passed by mistake.
    const shown = /^[a-z]{1,20}$/i.test(name) ? ` "${name}"` : "";
    throw new TypeError(`createProxy: unknown option${shown}; expected ${NAMES.join(", ")}`);
  }
  const entries = [];
  for (const name of NAMES) {
    const [isValid, expected] = OPTIONS[name];
    const value = Object.hasOwn(options, name) ? options[name] : undefined;
    if (value === undefined && name !== "authorize") continue;
    if (!isValid(value)) throw new TypeError(`createProxy: ${name}: got ${typeName(value)}; expected ${expected}`);
    entries.push([name, value]);
  }
  /** @type {ProxyOptions} */
  const values = bare(Object.fromEntries(entries));
  const { prefix = "/openprospect", baseUrl = environment("OPENPROSPECT_BASE_URL") ?? API_URL, apiKey } = values;
  const base = readBase(baseUrl);
  if (base === undefined) throw new TypeError(`createProxy: OPENPROSPECT_BASE_URL: expected ${OPTIONS.baseUrl[1]}`);
  return bare({
    allowedOrigins: [],
    maxBodyBytes: 10 * 1024 * 1024,
    timeoutMs: 30_000,
    ...values,
    prefix: prefix.replace(/\/$/, ""),
    base,
    // Read late: a build that only imports the module needs no key.
    apiKey: isFunction(apiKey) ? apiKey : () => apiKey ?? environment("OPENPROSPECT_API_KEY"),
  });
}

/**
 * The origin and the path prefix of a base URL, or undefined for one that must not receive the key.
 *
 * @param {unknown} text
 * @returns {Base | undefined}
 */
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
 *
 * @param {unknown} value
 */
export const isOrigin = (value) =>
  typeof value === "string" && /^https?:[^*]+$/.test(value) && URL.canParse(value) && new URL(value).origin === value;

/**
 * An environment variable, if the platform has one and allows reading it.
 *
 * @param {string} name
 */
function environment(name) {
  try {
    const { env } = globalThis.process;
    return Object.hasOwn(env, name) && env[name] !== "" ? env[name] : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function typeName(value) {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
