import { METHODS, PASSED_HEADERS } from "./response.js";

/**
 * Returns whether a page of another origin is making the request, as Go's `http.CrossOriginProtection` does:
 * `Sec-Fetch-Site`, which no page can set, decides if the browser sends it, and `Origin` otherwise. A request with
 * neither is not from a browser, or is one that cannot change anything or be read by the page; `authorize` decides
 * about it.
 *
 * Same-site is not enough: another subdomain is another application.
 *
 * @param {Headers} headers
 * @param {string} ownOrigin
 * @param {readonly string[]} allowedOrigins
 * @returns {{isAllowed: boolean, corsOrigin: string | undefined}} `corsOrigin`: a listed origin of another site
 */
export function identifyCaller(headers, ownOrigin, allowedOrigins) {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const corsOrigin = origin !== null && allowedOrigins.includes(origin) ? origin : undefined;
  const isOwn = site === null ? origin === null || origin === ownOrigin : site === "same-origin" || site === "none";
  return { isAllowed: isOwn || corsOrigin !== undefined, corsOrigin };
}

/**
 * The headers that let a page of an allowed origin read the response. The request headers are safe to allow: few are
 * forwarded.
 *
 * @param {string | undefined} origin
 * @param {Request} request
 * @returns {[name: string, value: string][]}
 */
export function corsHeaders(origin, { method, headers }) {
  if (origin === undefined) return [];
  /** @type {[name: string, value: string][]} */
  const cors = [
    ["access-control-allow-origin", origin],
    ["access-control-allow-credentials", "true"],
    ["access-control-expose-headers", PASSED_HEADERS.join(", ")],
    ["vary", "Origin"],
  ];
  if (method === "OPTIONS") {
    cors.push(["access-control-allow-methods", METHODS.join(", ")], ["access-control-max-age", "600"]);
    cors.push(["access-control-allow-headers", headers.get("access-control-request-headers") ?? ""]);
  }
  return cors;
}
