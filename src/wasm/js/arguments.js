// The arguments of methods. The client reads all of them before a method returns, so that the caller may change them
// afterwards.

import { hasCache } from "./environment.js";
import { isIso8601 } from "./iso8601.js";
import { callOptions, conflictOptions, editOptions, requestOptions, waitOptions } from "./options.js";
import {
  checkedPath,
  checkIdempotencyKey,
  headersOf,
  IDEMPOTENCY_KEY,
  jsonBody,
  listBody,
  objectBody,
  orderBody,
  createIdempotencyKey,
  uncached,
  withQuery,
} from "./request.js";
import { InvalidArgument, invalid, isList, isObject, own, reading } from "./values.js";

/** Methods that `fetch` can send. */
const METHODS = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH)$/i;

/** How to read an operation's input: the resulting path and body. */
const INPUTS = {
  "": (path) => ({ __proto__: null, path }),
  query(path, query) {
    checkDates(query);
    return { __proto__: null, path: withQuery(path, query), query };
  },
  body: (path, body) => ({ __proto__: null, path, body: objectBody(body) }),
  order: (path, order) => ({ __proto__: null, path, body: orderBody(order) }),
};
const listInput = (name) => (path, list) => ({ __proto__: null, path, body: listBody(name, list) });

/** Parameters that are an instant. A server may parse `04.02.2026` as a different day, and silently omit companies. */
const INSTANTS = ["delivered_since"];

function checkDates(query) {
  const allowed = "a Date, or an ISO 8601 date or time that is on the calendar, such as 2026-01-31T08:00:00Z";
  for (const name of INSTANTS) {
    const text = own(query, name);
    if (typeof text === "string" && !isIso8601(text)) throw invalid(`query.${name}`, text, allowed);
  }
}

/** Reads the arguments of an operation. */
export function readCall(callSite, method, path, input, given, options) {
  locate(callSite, method, path);
  const read = callOptions(options);
  return call((INPUTS[input] ?? listInput(input))(path, given), read);
}

/** Reads the arguments of a page of a list: its query with another offset. */
export function readPage(callSite, method, path, query, options, offset) {
  locate(callSite, method, path);
  const { idempotencyKey, ...read } = { __proto__: null, ...callOptions(options) };
  // Pagination sends many requests, and reads need no idempotency key.
  if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
  const page = withOffset(query, offset ?? own(query, "offset") ?? 0);
  const request = call(INPUTS.query(path, page), read);
  // They are sent as the caller wrote them, and counted as the server reads them.
  for (const name of ["limit", "offset"]) {
    const value = own(page, name);
    if (typeof value === "string" || typeof value === "bigint") request[name] = Number(value);
  }
  return request;
}

/** A value that is not an object, or cannot be read, is an invalid query. */
function withOffset(query, offset) {
  if (query !== undefined && typeof query !== "object") return query;
  try {
    return { ...query, offset };
  } catch {
    return query;
  }
}

/** Reads the arguments of `request` and its shorthand methods. */
export function readRequest(callSite, method, path, given) {
  if (typeof method !== "string" || !METHODS.test(method))
    throw invalid("method", method, "GET, HEAD, OPTIONS, PUT, DELETE, POST or PATCH");
  checkedPath(path);
  locate(callSite, method.toUpperCase(), path);
  const { query, body: value, ...options } = { __proto__: null, ...requestOptions(given) };
  const body = jsonBody(value);
  if (body !== undefined && /^(?:GET|HEAD)$/i.test(method))
    throw new InvalidArgument("body", "a body", "none: a GET or HEAD request has no body");
  return call({ __proto__: null, path: withQuery(path, query), body }, options);
}

/**
 * Records the request on the call site: a discarded instance of the module cannot report which request a call was at.
 */
function locate(callSite, method, path) {
  callSite.method = method;
  callSite.path = path;
}

function call({ path, query, body }, options) {
  const { headers: given, idempotencyKey, maxRetries, timeoutMs, deadlineMs, signal } = { __proto__: null, ...options };
  const headers = headersOf(given);
  if (idempotencyKey !== undefined) {
    checkIdempotencyKey(idempotencyKey);
    headers[IDEMPOTENCY_KEY] = idempotencyKey;
  }
  return {
    __proto__: null,
    path,
    headers,
    body,
    idempotencyKey: headers[IDEMPOTENCY_KEY],
    limit: number(own(query, "limit")),
    offset: number(own(query, "offset")),
    maxRetries,
    timeoutMs,
    deadlineMs: deadlineMs === null ? Infinity : deadlineMs,
    signal,
  };
}

/** The server parses any other type, or rejects it. */
const number = (value) => (typeof value === "number" ? value : undefined);

/** Generates an idempotency key unless the headers have one, and returns the key in the headers. */
export function ensureIdempotencyKey(headers) {
  headers[IDEMPOTENCY_KEY] ??= createIdempotencyKey();
  return headers[IDEMPOTENCY_KEY];
}

/** In a browser the header would require a CORS preflight; `cache: "no-store"` has the same effect there. */
export function avoidCaches(headers) {
  if (!hasCache()) headers["cache-control"] ??= uncached();
}

/** Reads the options of `wait`. */
export function readWait(callSite, method, path, options) {
  locate(callSite, method, path);
  const { deadlineMs, ...read } = { __proto__: null, ...waitOptions(options) };
  return { __proto__: null, ...read, deadlineMs: deadlineMs ?? undefined };
}

/** Reads the arguments of `retryOnConflict`. */
export function readConflict(refresh, apply, options) {
  checkFunction("refresh", refresh);
  checkFunction("apply", apply);
  return conflictOptions(options);
}

/** Reads the arguments of `edit`. */
export function readEdit(change, given) {
  const { maxRounds, idempotencyKey, ...options } = { __proto__: null, ...editOptions(given) };
  checkFunction("apply", change);
  if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
  return { __proto__: null, maxRounds, idempotencyKey, signal: own(options, "signal"), options };
}

function checkFunction(name, value) {
  if (typeof value !== "function") throw invalid(name, value, "a function");
}

/** The body of an update: the changes, with the version that they apply to. */
export const withVersion = (current, changes) => ({ version: current.version, ...changes });

/** Reads the arguments of a request that is sent in batches. */
export function readBatches(list, given) {
  // A copy, so that the caller may change the list in the meantime. If it is not a list, the first request rejects it.
  const items = isList(list) ? reading("body", () => Array.from(list)) : list;
  const options = callOptions(given);
  if (options.idempotencyKey !== undefined) checkIdempotencyKey(options.idempotencyKey);
  return { __proto__: null, items, options, idempotencyKey: options.idempotencyKey };
}

export const withIdempotencyKey = (options, idempotencyKey) => ({
  __proto__: null,
  ...(isObject(options) ? options : undefined),
  idempotencyKey,
});
