import { bare } from "./bare.js";
import { createRedactor } from "./redact.js";

/** @import { Exchange } from "./exchange.js" */

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The response headers that the client reads. The content type is replaced by one that a browser never renders. */
export const PASSED_HEADERS = Object.freeze([
  "content-type",
  "date",
  "retry-after",
  "x-request-id",
  "request-id",
  "x-correlation-id",
  "cf-ray",
  "ratelimit",
  "ratelimit-policy",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-rate-limit-limit",
  "x-rate-limit-remaining",
  "x-rate-limit-reset",
]);

const NO_CACHING = "private, no-store";
/** Opened as a page, a response is text: it runs no script and belongs to no origin. */
const INERT = bare({
  "cache-control": NO_CACHING,
  "content-security-policy": "default-src 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
});
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const NO_BODY = [204, 205];

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
export function errorResponse(status, code, message, headers) {
  const init = bare({ status, headers: bare({ ...INERT, "content-type": "application/json", ...headers }) });
  return new Response(JSON.stringify({ code, message }), init);
}

export const notFound = () => errorResponse(404, "NOT_FOUND", "There is nothing at this path.");
export const methodNotAllowed = () =>
  errorResponse(405, "METHOD_NOT_ALLOWED", "This method is not allowed.", { allow: METHODS.join(", ") });

/**
 * Also true for a response of another realm.
 *
 * @param {unknown} value
 * @returns {value is Response}
 */
export const isResponse = (value) => Object.prototype.toString.call(value) === "[object Response]";

/**
 * A response of `authorize`, unchanged except that it is never cached.
 *
 * @param {Response} response
 */
export function withoutCaching({ body, status, statusText, headers: original }) {
  const headers = new Headers(original);
  headers.set("cache-control", NO_CACHING);
  return new Response(body, bare({ status, statusText, headers }));
}

/**
 * The API's response, without what a browser must not receive. The exchange ends with its body.
 *
 * @param {Response} upstream
 * @param {string} key
 * @param {Exchange} exchange
 */
export function upstreamResponse(upstream, key, exchange) {
  const { status, type, body } = upstream;
  if (type === "opaqueredirect" || (status >= 300 && status <= 399)) {
    exchange.stop("done");
    return errorResponse(502, "UNEXPECTED_REDIRECT", "The API responded with a redirect, which is not followed.");
  }
  const { redact, stream } = createRedactor(key);
  const headers = new Headers({ ...INERT });
  for (const name of PASSED_HEADERS) {
    const value = upstream.headers.get(name);
    if (value !== null) headers.set(name, redact(value));
  }
  headers.set(
    "content-type",
    JSON_TYPE.test(headers.get("content-type") ?? "") ? "application/json" : "text/plain; charset=utf-8",
  );
  // The constructor throws for an invalid status.
  const response = new Response(
    body && !NO_BODY.includes(status) ? stream(body, exchange) : null,
    bare({
      status,
      headers,
    }),
  );
  if (response.body === null) exchange.stop("done");
  return response;
}
