import { encode } from "../transport/environment.js";
import { errorByCode, errorByStatus, scopeRefusal } from "../routes/errors.js";
import { namedBy } from "../data/find.js";
import { bearerKey } from "../routes/keys.js";
import { render, SHAPE_STATUS } from "../routes/shapes.js";

const ERROR_FIELDS = ["code", "message", "details"];
const REPLACING = [
  ...ERROR_FIELDS,
  "status",
  "retryAfter",
  "retryAfterBody",
  "body",
  "shape",
  "reset",
  "stall",
  "echoKey",
  "redirect",
];

/** The name of a fault in records: its own, or one made from its fields. */
export function faultName(fault) {
  const parts = [fault.status, fault.code, fault.shape];
  for (const field of ["reset", "stall"]) if (fault[field]) parts.push(`${field}:${fault[field]}`);
  const rest = [
    "retryAfter",
    "retryAfterBody",
    "body",
    "redirect",
    "echoKey",
    "latencyMs",
    "clockSkewMs",
    "headers",
    "contentType",
  ];
  const named = parts.filter((part) => part !== undefined);
  return (
    fault.name ?? ([...named, ...rest.filter((field) => field in fault && named.length === 0)].join(" ") || "fault")
  );
}

/** A fault without a status gets the status that its other fields imply, else that of the real response. */
function statusOf(fault, real) {
  if (fault.status !== undefined) return fault.status;
  if (fault.redirect !== undefined) return 302;
  const known = errorByCode(fault.code)?.status;
  if (known !== undefined) return known;
  if (fault.retryAfter !== undefined || fault.retryAfterBody !== undefined) return 429;
  if (fault.echoKey) return 401;
  if (fault.shape !== undefined) return SHAPE_STATUS[fault.shape];
  if (fault.body !== undefined) return 200;
  return ERROR_FIELDS.some((field) => field in fault) ? 400 : real.status;
}

function errorOf(fault, status, { request, route, grant }) {
  const entry = errorByCode(fault.code) ?? errorByStatus(status, route?.missing?.code);
  const scopes =
    entry.code === "AUTHORIZATION_ERROR" && route
      ? scopeRefusal(route.scopes, route.scopes, grant?.scopes ?? []).body
      : undefined;
  const error = { code: fault.code ?? entry.code, message: fault.message ?? scopes?.message ?? entry.message };
  const details = fault.details ?? scopes?.details;
  if (details !== undefined) error.details = details;
  const key = bearerKey(request.headers);
  if (!fault.echoKey || key === undefined) return error;
  return {
    ...error,
    message: `${error.message} (key: ${key})`,
    details: { ...details, authorization: `Bearer ${key}` },
  };
}

function retryAfterHeader(retryAfter, serverTime) {
  if (typeof retryAfter !== "object") return String(retryAfter);
  return new Date(serverTime + retryAfter.date).toUTCString();
}

function bodyOf(fault, status, context) {
  const { real, route, params } = context;
  const error = errorOf(fault, status, context);
  if (typeof fault.body === "string" || Array.isArray(fault.body)) {
    const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
    return { bytes: encode(text), contentType: "application/json" };
  }
  if (fault.redirect !== undefined) return { bytes: new Uint8Array(0), contentType: "text/plain" };
  const own = REPLACING.some((field) => field in fault && field !== "reset" && field !== "stall");
  const failed = own && status >= 400;
  const payload = fault.body ?? (failed ? error : real.body);
  // A real error that is not modified keeps its own message; the envelope is the server's in either case.
  const spoken = failed || real.status < 400 ? error : real.body;
  const shape = fault.shape ?? (fault.body === undefined && status >= 400 ? context.errorShape : undefined);
  const entity = status === 404 ? (real.entity ?? namedBy(route, params)) : undefined;
  const retryAfter = fault.retryAfterBody ?? (payload === real.body ? real.retryAfter : undefined);
  const extra = retryAfter === undefined ? {} : { retry_after: retryAfter };
  return render(shape, { status, entity, error: spoken, payload, extra });
}

/**
 * Applies a fault to a response.
 *
 * @param {object} fault
 * @param {{request: object, real: object, route?: object, params?: string[], grant?: object, now: number}} context
 *   `real`: the response without the fault
 * @returns {{status: number, bytes: Uint8Array, headers: Record<string, string | null>, delayMs?: number, ending?: object, skewMs: number, commit: boolean}}
 */
export function applyFault(fault, context) {
  const status = statusOf(fault, context.real);
  const { bytes, contentType } = bodyOf(fault, status, context);
  const skewMs = fault.clockSkewMs ?? 0;
  const headers = {
    ...(status === context.real.status && context.real.headers),
    "content-type": fault.contentType ?? contentType,
  };
  if (fault.redirect !== undefined) headers.location = fault.redirect;
  if (fault.retryAfter !== undefined) headers["retry-after"] = retryAfterHeader(fault.retryAfter, context.now + skewMs);
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value;
  const at = fault.reset ?? fault.stall;
  return {
    status,
    bytes,
    headers,
    skewMs,
    delayMs: fault.latencyMs,
    ending: at && { kind: fault.reset ? "reset" : "stall", at },
    // A response that is only delayed, or has other headers, is still the operation's own response.
    commit: fault.applied ?? !REPLACING.some((field) => field in fault),
  };
}
