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
    "Correct the fields that are named",
  ),
  entry(400, "INVALID_JSON", "older", "The body is not valid JSON", "Correct the syntax of the body"),
  entry(400, "MISSING_FIELD", "older", "A field that must be there is absent", "Add the field"),
  entry(400, "INVALID_TYPE", "older", "A field is of the wrong type", "Send the type that the schema names"),
  entry(400, "INVALID_ENUM", "older", "A field is none of the allowed values", "Send one of the allowed values"),
  entry(400, "INVALID_FORMAT", "older", "A field is not in the right format", "Correct the format of the field"),
  entry(401, "UNAUTHORIZED", "current", "The API key was not accepted", "Send an active key as a bearer token"),
  entry(403, "AUTHORIZATION_ERROR", "current", "The key lacks a scope", "Ask for the missing scope"),
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
  entry(405, "METHOD_NOT_ALLOWED", "none", "This path does not take this method", "Use a method from the Allow header"),
  entry(
    409,
    "CONFLICT",
    "none",
    "The request conflicts with the present state",
    "Read the state again, then repeat with it",
  ),
  entry(
    422,
    "VALIDATION_ERROR",
    "current",
    "The input does not fit the schema",
    "Compare the request with the published schema",
  ),
  entry(429, "RATE_LIMIT_EXCEEDED", "older", "Too many requests in a short time", "Wait, then repeat more slowly"),
  entry(
    500,
    "INTERNAL_ERROR",
    "none",
    "The server met an unexpected error",
    "Repeat with growing waits; ask support if it stays",
  ),
  entry(502, "BAD_GATEWAY", "none", "The server behind the gateway gave no usable answer", "Repeat with growing waits"),
  entry(503, "SERVICE_UNAVAILABLE", "none", "The service cannot answer at the moment", "Repeat with growing waits"),
  entry(504, "GATEWAY_TIMEOUT", "none", "The server behind the gateway took too long", "Repeat with growing waits"),
]);

/** If several codes share a status, the one that says least about the cause. */
const GENERAL = { 400: "INVALID_REQUEST", 404: "NOT_FOUND" };

/** @param {string} code */
export function errorByCode(code) {
  return ERRORS.find((error) => error.code === code);
}

/**
 * @param {number} status
 * @param {string} [missing] the not-found code of the requested resource
 */
export function errorByStatus(status, missing) {
  const code = (status === 404 && missing) || GENERAL[status];
  const found = code === undefined ? ERRORS.find((error) => error.status === status) : errorByCode(code);
  return found ?? route(status, `HTTP_${status}`, "none", `The server answered ${status}`, "Check the request");
}

/** An error response: the flat envelope, with `details` only if there are any. */
export function refusal(code, { message, details, headers } = {}) {
  const error = errorByCode(code);
  const body = { code, message: message ?? error.message };
  if (details !== undefined) body.details = details;
  return { status: error.status, body, headers };
}

/** The error response for input that does not match the schema. */
export function invalid(problems) {
  return refusal("VALIDATION_ERROR", { details: { validation_errors: problems } });
}

/** The error response for missing scopes, or undefined if the key has all of them. */
export function missingScopes(required, held) {
  const missing = required.filter((scope) => !held.includes(scope));
  return missing.length === 0 ? undefined : scopeRefusal(missing, required, held);
}

/** Creates that error response: it names the missing scopes and lists the required scopes and those of the key. */
export function scopeRefusal(missing, required, held) {
  return refusal("AUTHORIZATION_ERROR", {
    message: `Missing required scopes: ${missing.join(", ")}`,
    details: { required_scopes: [...required], user_scopes: [...held] },
  });
}
