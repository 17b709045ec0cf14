// Builds the path, query, headers and body of a request from the caller's arguments.

import { InvalidArgument, invalid, isDate, isList, isObject, notObject, reading, shown } from "./values.js";

/** The header by which a server recognizes a retried request, so that it applies the request only once. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** A header's name is a token (RFC 9110 §5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** A header's value (RFC 9110 §5.5), without the bytes that runtimes interpret differently. */
const VALUE = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/;
const VISIBLE = "a string of visible ASCII characters";

/** URL parsers resolve these segments, even with percent-encoded dots. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

const QUERY_ALLOWED = "a string, a finite number, a boolean, a valid Date, or an array of them";

/** Percent-encodes all but the unreserved characters of RFC 3986 §2.3. A lone surrogate cannot be encoded. */
const encoded = (text) =>
  encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Checks a path from the caller: it must begin with one slash, and must not lead outside the base URL. */
export function checkedPath(path) {
  const allowed = 'a path below the base URL, such as "/api/v1/orders"';
  if (typeof path !== "string") throw invalid("path", path, 'a string such as "/api/v1/orders"');
  const refuse = (given) => {
    throw new InvalidArgument("path", given, allowed);
  };
  if (path === "") refuse("an empty string");
  if (path[0] !== "/") refuse("a string that does not begin with a slash");
  if (/^\/[/\\]/.test(path)) refuse("a string that begins with two slashes, which would name another host");
  if (/[#\\]/.test(path)) refuse("a string with a # or a backslash in it");
  if (/[\0-\x20\x7F-\x9F]/.test(path)) refuse("a string with a space or a control character in it");
  if (
    path
      .split("?", 1)[0]
      .split("/")
      .some((segment) => DOTS.test(segment))
  )
    refuse("a string with a . or .. segment, which would be resolved away");
  return path;
}

/** Adds query parameters to a path, which may already have some. `undefined` and `null` are omitted. */
export function withQuery(path, value) {
  if (value === undefined) return path;
  if (!isObject(value) || isList(value)) throw notObject("query", value, "an object of query parameters");
  const parts = [];
  for (const [name, given] of pairs("query", value)) {
    for (const item of isList(given) ? given : [given]) {
      if ((item === undefined || item === null) && item === given) continue;
      parts.push(`${encoded(name)}=${encoded(parameter(name, item))}`);
    }
  }
  return parts.length === 0 ? path : path + (path.includes("?") ? "&" : "?") + parts.join("&");
}

function parameter(name, value) {
  if (typeof value === "string") return value;
  if (Number.isFinite(value) || typeof value === "boolean" || typeof value === "bigint") return String(value);
  const date = reading(`query.${name}`, () =>
    isDate(value) && Number.isFinite(value.getTime()) ? value.toISOString() : undefined,
  );
  if (typeof date === "string") return date;
  throw invalid(`query.${name}`, value, QUERY_ALLOWED);
}

/** Reads the caller's headers, from a plain object, a `Headers` or pairs, and returns them by lowercase name. */
export function headersOf(value) {
  // Without a prototype, no header name is special.
  const headers = Object.create(null);
  if (value === undefined) return headers;
  if (!isObject(value)) throw notObject("headers", value, "an object of header names and values");
  for (const [name, text] of pairs("headers", value)) {
    if (text === undefined) continue;
    if (typeof text !== "string") throw invalid(`headers.${printable(name)}`, text, "a string");
    checkHeader(name, text);
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

/** Checks a header. `authorization` is rejected because the key has its own option. */
function checkHeader(name, value) {
  const refuse = (given, allowed) => {
    throw new InvalidArgument(`headers.${printable(name)}`, given, allowed);
  };
  if (!TOKEN.test(name)) refuse("a name that no header can have", "letters, digits and hyphens");
  if (name.toLowerCase() === "authorization")
    refuse("an authorization header", "any other header; the key is given as apiKey");
  if (!VALUE.test(value))
    refuse("a value that a header cannot carry", "visible ASCII characters, and spaces between them");
}

const printable = (name) => name.replace(/[^!-~]/g, "?");

/** Checks an idempotency key from the caller. */
export function checkIdempotencyKey(key) {
  if (key === "") throw new InvalidArgument("idempotencyKey", "an empty string", VISIBLE);
  if (!VALUE.test(key)) throw new InvalidArgument("idempotencyKey", "a string that a header cannot carry", VISIBLE);
}

let reads = 0;

/**
 * A `Cache-Control` value that no other request has. Next.js serves a GET from its cache by URL and headers; in pages
 * rendered by its build, even responses that must not be stored, and every option against that changes how the page is
 * rendered. A server must ignore directives that it does not know (RFC 9111 §5.2.3). The value uses neither the wall
 * clock nor random numbers, which Next.js forbids.
 */
export function uncached() {
  reads += 1;
  return `no-cache, openprospect-read="${(performance.timeOrigin + performance.now()).toString(36)}-${reads}"`;
}

/** The pairs of an object, or of any iterable of pairs. */
function pairs(option, value) {
  return reading(option, () => {
    const list = typeof value[Symbol.iterator] === "function" ? Array.from(value) : Object.entries(value);
    return list.map((pair) => {
      if (!isObject(pair)) throw new TypeError("not a pair");
      const [name, item] = Array.from(pair);
      return [typeof name === "string" ? name : "", item];
    });
  });
}

/** The JSON text of a body; `undefined` if there is none. */
export function jsonBody(value) {
  if (value === undefined) return undefined;
  const allowed = "a value that JSON can write";
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new InvalidArgument("body", shown(value), allowed, cause);
  }
  // `stringify` returns `undefined` for a function or a symbol, which have no JSON.
  if (typeof text !== "string") throw invalid("body", value, allowed);
  return text;
}

/** The JSON text of a body that must be an object. */
export function objectBody(value) {
  const text = jsonBody(value);
  if (!isObject(value) || isList(value)) throw notObject("body", value, "an object");
  return text;
}

/** The documented maximum number of companies in an enrichment order. */
const MOST_COMPANIES = 10_000;

/**
 * The body of an order, which has either a number of companies or a list of companies, never both. A legacy order has a
 * type instead of a number.
 */
export function orderBody(value) {
  const text = objectBody(value);
  const {
    briefing_quantity: quantity,
    companies,
    order_type: type,
  } = reading("body", () => ({ __proto__: null, ...value }));
  const count = isList(companies) ? companies.length : undefined;
  const refuse = (given) => {
    throw new InvalidArgument("order", given, `briefing_quantity, or companies: a list of 1 to ${MOST_COMPANIES}`);
  };
  if (count === undefined) {
    if (quantity === undefined && type === undefined) refuse("neither briefing_quantity nor companies");
  } else if (quantity !== undefined) refuse("both briefing_quantity and companies");
  else if (count === 0) refuse("an empty list of companies");
  else if (count > MOST_COMPANIES) refuse(`a list of more than ${MOST_COMPANIES} companies`);
  return text;
}

/** The JSON text of a body whose only member is a list. */
export function listBody(name, value) {
  if (!isList(value)) throw invalid(name, value, "a list");
  return jsonBody({ [name]: value });
}

/**
 * Generates a unique key: 128 bits from the platform's cryptographic random generator, as in a UUID. `randomUUID`
 * itself is missing in pages without HTTPS.
 */
export function createIdempotencyKey() {
  const bytes = Array.from({ length: 16 }, () => Math.random() * 256);
  const strong = globalThis.crypto?.getRandomValues?.(new Uint8Array(16)) ?? Uint8Array.from(bytes);
  return Array.from(strong, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
