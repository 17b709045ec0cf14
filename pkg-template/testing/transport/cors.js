const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED = ["authorization", "content-type", "idempotency-key", "accept"];

/** Sent with every response: a page of any origin may read it and the headers that a client needs for waiting. */
export const CORS_HEADERS = Object.freeze({
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "retry-after, date, x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset",
});

/**
 * The response headers that a browser requires before it sends the actual request.
 *
 * @param {Record<string, string>} headers
 * @returns {Record<string, string>}
 */
export function preflightHeaders(headers) {
  const requested = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  return {
    ...CORS_HEADERS,
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": [...new Set([...ALLOWED, ...requested])].join(", "),
    "access-control-max-age": "600",
    // Required by a page that is not on loopback itself.
    ...(headers["access-control-request-private-network"] === "true" && {
      "access-control-allow-private-network": "true",
    }),
  };
}
