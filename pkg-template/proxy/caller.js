import { METHODS, PASSED_HEADERS } from "./response.js";

/**
 * Returns whether a page of another origin is making the request, as Go's `http.CrossOriginProtection` does:
 * `Sec-Fetch-Site`, which no page can set, decides where a browser sends it, and `Origin` where it does not. A request
 * with neither is not from a browser, or is one that cannot change anything or be read by the page; `authorize` decides
 * about it.
 *
 * Same-site is not enough: another subdomain is another application.
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
 */
export function corsHeaders(origin, { method, headers }) {
  if (origin === undefined) return [];
  const names = [
    ["access-control-allow-origin", origin],
    ["access-control-allow-credentials", "true"],
    ["access-control-expose-headers", PASSED_HEADERS.join(", ")],
    ["vary", "Origin"],
  ];
  if (method === "OPTIONS") {
    names.push(["access-control-allow-methods", METHODS.join(", ")], ["access-control-max-age", "600"]);
    names.push(["access-control-allow-headers", headers.get("access-control-request-headers") ?? ""]);
  }
  return names;
}
