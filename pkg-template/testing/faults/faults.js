import { encode } from "../transport/environment.js";
import { errorByCode, errorByStatus, scopeError } from "../routes/errors.js";
import { entityInPath } from "../data/find.js";
import { bearerKey } from "../routes/keys.js";
import { render, SHAPE_STATUS } from "../routes/shapes.js";

/** @import { ErrorShape, Fault } from "../index.d.ts" */
/** @import { Dispatched, Request } from "../routes/dispatch.js" */
/** @import { ErrorBody } from "../routes/errors.js" */
/** @import { ApiResponse } from "../routes/route.js" */

/**
 * @typedef {object} FaultContext
 * @property {Request} request
 * @property {ApiResponse} real the response without the fault
 * @property {Dispatched["route"]} [route]
 * @property {string[]} [params]
 * @property {Dispatched["grant"]} [grant]
 * @property {number} now
 * @property {ErrorShape} errorShape
 */

/** @typedef {{kind: "reset" | "stall", at: "headers" | "body"}} Ending */

/**
 * @typedef {object} Rendered
 * @property {number} status
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {Record<string, string | null>} headers
 * @property {number} [delayMs]
 * @property {Ending} [ending]
 * @property {number} skewMs
 * @property {boolean} commit whether the operation is executed
 */

/** @type {(keyof Fault)[]} */
const ERROR_FIELDS = ["code", "message", "details"];

/**
 * A fault with one of these replaces the response of the operation, which is not executed.
 *
 * @type {(keyof Fault)[]}
 */
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

/**
 * The name of a fault in records: its own, or one made from its fields.
 *
 * @param {Fault} fault
 */
export function faultName(fault) {
  const parts = [fault.status, fault.code, fault.shape];
  if (fault.reset) parts.push(`reset:${fault.reset}`);
  if (fault.stall) parts.push(`stall:${fault.stall}`);
  const others = [
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
    fault.name ?? ([...named, ...others.filter((field) => field in fault && named.length === 0)].join(" ") || "fault")
  );
}

/**
 * A fault without a status gets the status that its other fields imply, else that of the real response.
 *
 * @param {Fault} fault
 * @param {ApiResponse} real
 */
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

/**
 * @param {Fault} fault
 * @param {number} status
 * @param {FaultContext} context
 * @returns {ErrorBody}
 */
function errorOf(fault, status, { request, route, grant }) {
  const entry = errorByCode(fault.code) ?? errorByStatus(status, route?.missing?.code);
  const scopes =
    entry.code === "AUTHORIZATION_ERROR" && route
      ? scopeError(route.scopes, route.scopes, grant?.scopes ?? []).body
      : undefined;
  /** @type {ErrorBody} */
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

/**
 * @param {NonNullable<Fault["retryAfter"]>} retryAfter
 * @param {number} serverTime
 */
function retryAfterHeader(retryAfter, serverTime) {
  if (typeof retryAfter !== "object") return String(retryAfter);
  return new Date(serverTime + retryAfter.date).toUTCString();
}

/**
 * @param {Fault} fault
 * @param {number} status
 * @param {FaultContext} context
 */
function bodyOf(fault, status, context) {
  const { real, route, params = [] } = context;
  const error = errorOf(fault, status, context);
  if (typeof fault.body === "string" || Array.isArray(fault.body)) {
    const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
    return { bytes: encode(text), contentType: "application/json" };
  }
  if (fault.redirect !== undefined) return { bytes: new Uint8Array(0), contentType: "text/plain" };
  const isReplaced = REPLACING.some((field) => field in fault && field !== "reset" && field !== "stall");
  const isError = isReplaced && status >= 400;
  const payload = fault.body ?? (isError ? error : real.body);
  // A real error that is not modified keeps its own message; the envelope is the server's in either case.
  const shownError = isError || real.status < 400 ? error : real.body;
  const shape = fault.shape ?? (fault.body === undefined && status >= 400 ? context.errorShape : undefined);
  const entity = status === 404 ? (real.entity ?? entityInPath(route, params)) : undefined;
  const retryAfter = fault.retryAfterBody ?? (payload === real.body ? real.retryAfter : undefined);
  const extra = retryAfter === undefined ? {} : { retry_after: retryAfter };
  return render(shape, { status, entity, error: shownError, payload, extra });
}

/**
 * Applies a fault to a response.
 *
 * @param {Fault} fault
 * @param {FaultContext} context
 * @returns {Rendered}
 */
export function applyFault(fault, context) {
  const status = statusOf(fault, context.real);
  const { bytes, contentType } = bodyOf(fault, status, context);
  const skewMs = fault.clockSkewMs ?? 0;
  /** @type {Rendered["headers"]} */
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
