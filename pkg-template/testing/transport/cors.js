const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED = ["authorization", "content-type", "idempotency-key", "accept"];

/** Sent with every response: a page of any origin may read it and the headers that a client needs for waiting. */
export const CORS_HEADERS = Object.freeze({
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "retry-after, date, x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset",
});

/** The response headers that a browser requires before it sends the actual request. */
export function preflightHeaders(headers) {
  const asked = (headers["access-control-request-headers"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const answer = {
    ...CORS_HEADERS,
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": [...new Set([...ALLOWED, ...asked.filter((name) => name !== "")])].join(", "),
    "access-control-max-age": "600",
  };
  // A page that is not on loopback itself may have to request this too.
  if (headers["access-control-request-private-network"] === "true")
    answer["access-control-allow-private-network"] = "true";
  return answer;
}
