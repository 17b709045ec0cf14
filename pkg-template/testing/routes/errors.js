/** @import { ErrorRow, Scope } from "../index.d.ts" */
/** @import { ApiResponse } from "./route.js" */

/** @typedef {{field: string, error: string, provided: unknown}} Problem An invalid field. */
/** @typedef {{code: string, message: string, details?: Record<string, unknown>}} ErrorBody */

/**
 * @param {number} status
 * @param {string} code
 * @param {ErrorRow["documented"]} documented
 * @param {string} message
 * @param {string} resolution
 * @returns {ErrorRow}
 */
const entry = (status, code, documented, message, resolution) =>
  Object.freeze({ status, code, documented, message, resolution });

/**
 * The codes of the mock's error responses. `documented` is the source of a code: the vendor's current error page
 * ("current"), its earlier pages ("older"), or neither ("none": at most the status is documented).
 */
export const ERRORS = Object.freeze([
  entry(
    400,
    "INVALID_REQUEST",
    "older",
    "The request is not acceptable for this operation",
    "Correct the named fields",
  ),
  entry(400, "INVALID_JSON", "older", "The body is not valid JSON", "Correct the syntax of the body"),
  entry(400, "MISSING_FIELD", "older", "A required field is missing", "Add the field"),
  entry(400, "INVALID_TYPE", "older", "A field has the wrong type", "Send the type that the schema specifies"),
  entry(400, "INVALID_ENUM", "older", "A field has none of the allowed values", "Send one of the allowed values"),
  entry(400, "INVALID_FORMAT", "older", "A field has an invalid format", "Correct the format of the field"),
  entry(401, "UNAUTHORIZED", "current", "The API key was not accepted", "Send an active key as a bearer token"),
  entry(403, "AUTHORIZATION_ERROR", "current", "The key lacks a scope", "Request the missing scope"),
  entry(
    404,
    "ORDER_NOT_FOUND",
    "current",
    "No such order is visible to this key",
    "List the orders to see the visible ones",
  ),
  entry(
    404,
    "PROSPECT_SEARCH_NOT_FOUND",
    "current",
    "No such prospect search is visible to this key",
    "List the prospect searches",
  ),
  entry(404, "BLACKLIST_NOT_FOUND", "current", "No such blacklist is visible to this key", "List the blacklists"),
  entry(404, "ENTITY_NOT_FOUND", "older", "No such entity is visible to this key", "Check the identifier"),
  entry(404, "NOT_FOUND", "none", "There is nothing at this path", "Check the path"),
  entry(
    405,
    "METHOD_NOT_ALLOWED",
    "none",
    "This path does not support this method",
    "Use a method from the Allow header",
  ),
  entry(
    409,
    "CONFLICT",
    "none",
    "The request conflicts with the current state",
    "Read the state again, then retry with it",
  ),
  entry(
    422,
    "VALIDATION_ERROR",
    "current",
    "The input does not match the schema",
    "Compare the request with the published schema",
  ),
  entry(429, "RATE_LIMIT_EXCEEDED", "older", "Too many requests in a short time", "Wait, then retry at a lower rate"),
  entry(
    500,
    "INTERNAL_ERROR",
    "none",
    "An unexpected server error occurred",
    "Retry with exponential backoff; contact support if it persists",
  ),
  entry(
    502,
    "BAD_GATEWAY",
    "none",
    "The server behind the gateway returned an invalid response",
    "Retry with exponential backoff",
  ),
  entry(503, "SERVICE_UNAVAILABLE", "none", "The service is temporarily unavailable", "Retry with exponential backoff"),
  entry(
    504,
    "GATEWAY_TIMEOUT",
    "none",
    "The server behind the gateway took too long",
    "Retry with exponential backoff",
  ),
]);

/**
 * If several codes share a status, the most general one.
 *
 * @type {Record<number, string>}
 */
const GENERAL = { 400: "INVALID_REQUEST", 404: "NOT_FOUND" };

/** @param {string | undefined} code */
export function errorByCode(code) {
  return ERRORS.find((error) => error.code === code);
}

/**
 * @param {number} status
 * @param {string} [missing] the not-found code of the requested resource
 * @returns {ErrorRow}
 */
export function errorByStatus(status, missing) {
  const code = (status === 404 && missing) || GENERAL[status];
  const found = code === undefined ? ERRORS.find((error) => error.status === status) : errorByCode(code);
  return found ?? entry(status, `HTTP_${status}`, "none", `The server responded with ${status}`, "Check the request");
}

/**
 * An error response: the flat envelope, with `details` only if there are any.
 *
 * @param {string} code one of ERRORS
 * @param {{message?: string, details?: Record<string, unknown>, headers?: Record<string, string>}} [options]
 * @returns {ApiResponse}
 */
export function errorResponse(code, { message, details, headers } = {}) {
  const error = /** @type {ErrorRow} */ (errorByCode(code));
  /** @type {ErrorBody} */
  const body = { code, message: message ?? error.message };
  if (details !== undefined) body.details = details;
  return { status: error.status, body, headers };
}

/**
 * The error response for input that does not match the schema.
 *
 * @param {Problem[]} problems
 */
export function invalid(problems) {
  return errorResponse("VALIDATION_ERROR", { details: { validation_errors: problems } });
}

/**
 * The error response for missing scopes, or undefined if the key has all of them.
 *
 * @param {readonly Scope[]} required
 * @param {readonly Scope[]} held
 */
export function missingScopes(required, held) {
  const missing = required.filter((scope) => !held.includes(scope));
  return missing.length === 0 ? undefined : scopeError(missing, required, held);
}

/**
 * Creates that error response: it names the missing scopes and lists the required scopes and those of the key.
 *
 * @param {readonly Scope[]} missing
 * @param {readonly Scope[]} required
 * @param {readonly Scope[]} held
 */
export function scopeError(missing, required, held) {
  return errorResponse("AUTHORIZATION_ERROR", {
    message: `Missing required scopes: ${missing.join(", ")}`,
    details: { required_scopes: [...required], user_scopes: [...held] },
  });
}
