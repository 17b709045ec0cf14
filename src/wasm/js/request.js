// Builds the path, query, headers and body of a request from the caller's arguments.

import { describe, InvalidArgument, invalid, isDate, isList, isObject, notObject, reading } from "./values.js";

/** The header by which a server recognizes a retried request, so that it applies the request only once. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** A header's name is a token (RFC 9110 §5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** A header's value (RFC 9110 §5.5), without the bytes that runtimes interpret differently. */
const VALUE = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/;
export const VISIBLE = "a string of visible ASCII characters";

const VALID_PATH = 'a path below the base URL, such as "/api/v1/orders"';

/** Invalid paths, and what is wrong with them. @type {[RegExp, string][]} */
const INVALID_PATHS = [
  [/^$/, "an empty string"],
  [/^[^/]/, "a string that does not begin with a slash"],
  [/^\/[/\\]/, "a string that begins with two slashes, which would name another host"],
  [/[#\\]/, "a string with a # or a backslash in it"],
  [/[\0-\x20\x7F-\x9F]/, "a string with a space or a control character in it"],
  // URL parsers do that even with percent-encoded dots.
  [/^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i, "a string with a . or .. segment, which would be resolved away"],
];

/** Percent-encodes all but the unreserved characters of RFC 3986 §2.3. @param {string} text */
const encoded = (text) =>
  // A lone surrogate cannot be encoded.
  encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Checks that a path is below the base URL. @type {(path: unknown) => asserts path is string} */
export function checkPath(path) {
  if (typeof path !== "string") throw invalid("path", path, 'a string such as "/api/v1/orders"');
  const [, got] = INVALID_PATHS.find(([pattern]) => pattern.test(path)) ?? [];
  if (got !== undefined) throw new InvalidArgument("path", got, VALID_PATH);
}

/** Adds query parameters to a path, which may already have some. @param {string} path @param {unknown} query */
export function withQuery(path, query) {
  if (query === undefined) return path;
  if (!isObject(query) || isList(query)) throw notObject("query", query, "an object of query parameters");
  const parameters = [];
  for (const [name, value] of pairs("query", query)) {
    if (value === undefined || value === null) continue;
    for (const item of isList(value) ? value : [value]) {
      parameters.push(`${encoded(name)}=${encoded(parameterText(`query.${name}`, item))}`);
    }
  }
  return parameters.length === 0 ? path : path + (path.includes("?") ? "&" : "?") + parameters.join("&");
}

/** @param {string} option @param {unknown} value */
function parameterText(option, value) {
  if (typeof value === "string") return value;
  if (Number.isFinite(value) || typeof value === "boolean" || typeof value === "bigint") return String(value);
  const date = reading(option, () => isDate(value) && Number.isFinite(value.getTime()) && value.toISOString());
  if (typeof date === "string") return date;
  throw invalid(option, value, "a string, a finite number, a boolean, a valid Date, or an array of them");
}

/** The caller's headers by lowercase name. @param {unknown} value @returns {Record<string, string>} */
export function headersOf(value) {
  // Without a prototype, no header name is special.
  const headers = Object.create(null);
  if (value === undefined) return headers;
  if (!isObject(value)) throw notObject("headers", value, "an object of header names and values");
  for (const [name, text] of pairs("headers", value)) {
    if (text === undefined) continue;
    const option = `headers.${name.replace(/[^!-~]/g, "?")}`;
    if (typeof text !== "string") throw invalid(option, text, "a string");
    const reject = (/** @type {string} */ got, /** @type {string} */ expected) => {
      throw new InvalidArgument(option, got, expected);
    };
    const key = name.toLowerCase();
    if (!TOKEN.test(name)) reject("a name that no header can have", "letters, digits and hyphens");
    // The key has its own option.
    if (key === "authorization") reject("an authorization header", "any other header; the key is given as apiKey");
    if (!VALUE.test(text))
      reject("a value that a header cannot carry", "visible ASCII characters, and spaces between them");
    headers[key] = text;
  }
  return headers;
}

/** Returns true; throws if an idempotency key is invalid, without quoting it. @param {string} key */
export function checkIdempotencyKey(key) {
  if (key !== "" && VALUE.test(key)) return true;
  const got = key === "" ? "an empty string" : "a string that a header cannot carry";
  throw new InvalidArgument("idempotencyKey", got, VISIBLE);
}

let reads = 0;

/** A `Cache-Control` value that no other request has: Next.js serves a GET from its cache by URL and headers, even if
 * the response must not be stored, and every option against that changes how a page is rendered. A server must ignore
 * unknown directives (RFC 9111 §5.2.3). Uses neither the wall clock nor random numbers, which Next.js forbids. */
export function uncached() {
  reads += 1;
  return `no-cache, openprospect-read="${(performance.timeOrigin + performance.now()).toString(36)}-${reads}"`;
}

/** The pairs of an object, or of any iterable of pairs. @type {(option: string, value: any) => [string, unknown][]} */
function pairs(option, value) {
  return reading(option, () => {
    const list =
      typeof value[Symbol.iterator] === "function" ? Array.from(/** @type {any} */ (value)) : Object.entries(value);
    return list.map((pair) => {
      if (!isObject(pair)) throw new TypeError("not a pair");
      const [name, item] = Array.from(/** @type {any} */ (pair));
      return [typeof name === "string" ? name : "", item];
    });
  });
}

/** The JSON text of a body; `undefined` if there is none. @param {unknown} value */
export function jsonBody(value) {
  if (value === undefined) return undefined;
  const expected = "a value that JSON can write";
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new InvalidArgument("body", describe(value), expected, cause);
  }
  // `stringify` returns `undefined` for a function or a symbol, which have no JSON.
  if (typeof text !== "string") throw invalid("body", value, expected);
  return text;
}

/** The JSON text of a body that must be an object. @param {unknown} value */
function objectBody(value) {
  const text = jsonBody(value);
  if (!isObject(value) || isList(value)) throw notObject("body", value, "an object");
  return text;
}

/** The documented maximum number of companies in an enrichment order. */
const MAX_COMPANIES = 10_000;

/** An order has either a number or a list of companies; a legacy order has a type instead. @param {any} value */
function orderBody(value) {
  const text = objectBody(value);
  const order = reading("body", () => ({ __proto__: null, ...value }));
  const hasList = isList(order.companies);
  const count = hasList ? order.companies.length : 0;
  const hasQuantity = order.briefing_quantity !== undefined;
  const got =
    (!hasList && !hasQuantity && order.order_type === undefined && "neither briefing_quantity nor companies") ||
    (hasList && hasQuantity && "both briefing_quantity and companies") ||
    (hasList && count === 0 && "an empty list of companies") ||
    (count > MAX_COMPANIES && `a list of more than ${MAX_COMPANIES} companies`);
  const expected = `briefing_quantity, or companies: a list of 1 to ${MAX_COMPANIES}`;
  if (got) throw new InvalidArgument("order", got, expected);
  return text;
}

/** The JSON of an operation's body: an object, an order, or a list of this name.
 * @param {string} name @param {unknown} value */
export function bodyOf(name, value) {
  if (name === "body") return objectBody(value);
  if (name === "order") return orderBody(value);
  if (name === "") return undefined;
  if (!isList(value)) throw invalid(name, value, "a list");
  return jsonBody({ [name]: value });
}

/** Generates a key of 128 random bits, as in a UUID. `randomUUID` is missing in pages without HTTPS. */
export function createIdempotencyKey() {
  const strong = globalThis.crypto?.getRandomValues?.(new Uint8Array(16));
  const bytes = strong ?? Uint8Array.from({ length: 16 }, () => Math.random() * 256);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
