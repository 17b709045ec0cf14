// What the server answers: { status, body, headers, waitMs } for a request at an instant, or null to leave it hanging.

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
const GOOD = answer(200, ORDER);
const MISSING = answer(404, {
  error: { code: "ORDER_NOT_FOUND", message: "Order not found", details: { order_id: ORDER.id } },
});
const BROKEN = { error: "INTERNAL_ERROR", message: "An unexpected error occurred" };

export function behaviour({ kind, ...given }) {
  if (kind === "small") return () => GOOD;
  if (kind === "missing") return () => MISSING;
  if (kind === "body") return always(answered(400, SHAPES[given.shape]()));
  if (kind === "hanging") return () => null;
  if (kind === "dead") return always(answer(given.status ?? 500, BROKEN));
  if (kind === "down") return guarded(downFor(given), answer(503, BROKEN));
  if (kind === "busy") return always(refusal(given));
  if (kind === "bucket") return guarded(tokenBucket(given), refusal(given));
  if (kind === "window") return guarded(fixedWindow(given), refusal(given));
  throw new Error(`no server behaves like ${JSON.stringify(kind)}`);
}

const always = (what) => () => what;
const guarded = (lets, otherwise) => (now) => (lets(now) ? GOOD : otherwise);

/** A 429 that tells how long to wait in a header, in the body only, or not at all. */
function refusal({ hint = "none", seconds }) {
  const body = { error: "RATE_LIMIT_EXCEEDED", message: "Too many requests" };
  const waitMs = seconds * 1000;
  if (hint === "none") return answer(429, body);
  if (hint === "header") return { ...answer(429, body, { "retry-after": String(seconds) }), waitMs };
  if (hint === "body") return { ...answer(429, { ...body, retry_after: seconds }), waitMs };
  throw new Error(`no server hints like ${JSON.stringify(hint)}`);
}

function answer(status, value, headers) {
  return answered(status, JSON.stringify(value), headers);
}

function answered(status, text, headers = {}) {
  const body = Buffer.from(text);
  return { status, body, headers: { "content-type": "application/json", "content-length": body.length, ...headers } };
}
