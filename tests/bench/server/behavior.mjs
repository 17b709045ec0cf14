// The responses of the server: { status, body, headers, waitMs } for a request at a time, or null to leave it hanging.

import { SHAPES } from "./bodies.mjs";
import { downFor, fixedWindow, tokenBucket } from "./limits.mjs";

const ORDER = {
  id: "6f1c2c4e-2f0b-4a57-9f5e-0d9b6f6f2a11",
  name: "Manufacturers in Northern Europe",
  status: "COMPLETED",
  briefing_quantity: 25,
  delivered_quantity: 25,
  created_at: "2026-01-05T08:30:00Z",
  updated_at: "2026-01-05T09:12:41Z",
};
const GOOD = response(200, ORDER);
const MISSING = response(404, {
  error: { code: "ORDER_NOT_FOUND", message: "Order not found", details: { order_id: ORDER.id } },
});
const FAILED = { error: "INTERNAL_ERROR", message: "An unexpected error occurred" };

/** @param {any} settings `kind`, and what its kind needs, such as a rate. */
export function behavior({ kind, ...settings }) {
  if (kind === "small") return () => GOOD;
  if (kind === "missing") return () => MISSING;
  if (kind === "body") return always(encoded(400, SHAPES[settings.shape]()));
  if (kind === "hanging") return () => null;
  if (kind === "dead") return always(response(settings.status ?? 500, FAILED));
  if (kind === "down") return guarded(downFor(settings), response(503, FAILED));
  if (kind === "busy") return always(tooManyRequests(settings));
  if (kind === "bucket") return guarded(tokenBucket(settings), tooManyRequests(settings));
  if (kind === "window") return guarded(fixedWindow(settings), tooManyRequests(settings));
  throw new Error(`unknown server ${JSON.stringify(kind)}`);
}

const always = (response) => () => response;
const guarded = (allows, otherwise) => (now) => (allows(now) ? GOOD : otherwise);

/** A 429 with its retry_after in a header, in the body only, or not at all. */
function tooManyRequests({ hint = "none", seconds }) {
  const body = { error: "RATE_LIMIT_EXCEEDED", message: "Too many requests" };
  const waitMs = seconds * 1000;
  if (hint === "none") return response(429, body);
  if (hint === "header") return { ...response(429, body, { "retry-after": String(seconds) }), waitMs };
  if (hint === "body") return { ...response(429, { ...body, retry_after: seconds }), waitMs };
  throw new Error(`unknown hint ${JSON.stringify(hint)}`);
}

function response(status, value, headers) {
  return encoded(status, JSON.stringify(value), headers);
}

function encoded(status, text, headers = {}) {
  const body = Buffer.from(text);
  return { status, body, headers: { "content-type": "application/json", "content-length": body.length, ...headers } };
}
