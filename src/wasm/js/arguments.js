// The arguments of methods, all read before a method returns, so that the caller may change them afterwards.

import { hasCache } from "./environment.js";
import { isIso8601 } from "./iso8601.js";
import { callOptions, conflictOptions, editOptions, requestOptions, waitOptions } from "./options.js";
import {
  bodyOf,
  checkPath,
  headersOf,
  IDEMPOTENCY_KEY,
  jsonBody,
  createIdempotencyKey,
  uncached,
  withQuery,
} from "./request.js";
import { attempt, InvalidArgument, invalid, isList, own, reading } from "./values.js";

/** @import { CallOptions } from "../../../pkg/index.js" */
/** @import { CallSite } from "./call-site.js" */

/** Methods that `fetch` can send. */
const METHODS = /^(?:GET|HEAD|OPTIONS|PUT|DELETE|POST|PATCH)$/i;

/** Reads the arguments of an operation. `input` is how to read `value`.
 * @type {(site: CallSite, method: string, path: string, input: string, value: unknown, options: unknown) => object} */
export function readCall(callSite, method, path, input, value, options) {
  callSite.request = { method, path };
  const read = callOptions(options);
  if (input === "query") return listCall(path, value, read, (item) => (typeof item === "number" ? item : undefined));
  return call(path, bodyOf(input, value), read);
}

/** Reads the arguments of a page of a list: its query with another offset.
 * @type {(site: CallSite, method: string, path: string, query: any, options: unknown, offset?: number) => object} */
export function readPage(callSite, method, path, query, options, offset) {
  callSite.request = { method, path };
  const read = callOptions(options);
  // Pagination sends many requests, and reads need no idempotency key.
  read.idempotencyKey = undefined;
  const start = offset ?? own(query, "offset") ?? 0;
  // A value that is not an object, or cannot be read, is an invalid query.
  const isReadable = query === undefined || typeof query === "object";
  const page = (isReadable && attempt(() => ({ ...query, offset: start }))) || query;
  // They are sent as the caller wrote them, and counted as the server reads them.
  return listCall(path, page, read, (item) =>
    /^(?:number|string|bigint)$/.test(typeof item) ? Number(item) : undefined,
  );
}

/** For `request` and its shorthands. @type {(site: CallSite, method: any, path: any, options: unknown) => object} */
export function readRequest(callSite, method, path, value) {
  if (typeof method !== "string" || !METHODS.test(method))
    throw invalid("method", method, "GET, HEAD, OPTIONS, PUT, DELETE, POST or PATCH");
  checkPath(path);
  callSite.request = { method: method.toUpperCase(), path };
  const options = requestOptions(value);
  const body = jsonBody(options.body);
  if (body !== undefined && /^(?:GET|HEAD)$/i.test(method))
    throw new InvalidArgument("body", "a body", "none: a GET or HEAD request has no body");
  return call(withQuery(path, options.query), body, options);
}

/** @param {string} path @param {unknown} query @param {CallOptions} options
 * @param {(value: unknown) => number | undefined} count */
function listCall(path, query, options, count) {
  // A server may parse `04.02.2026` as a different day, and silently omit companies.
  const since = own(query, "delivered_since");
  const expected = "a Date, or an ISO 8601 date or time that is on the calendar, such as 2026-01-31T08:00:00Z";
  if (typeof since === "string" && !isIso8601(since)) throw invalid("query.delivered_since", since, expected);
  return call(withQuery(path, query), undefined, options, count(own(query, "limit")), count(own(query, "offset")));
}

/** @param {string} path @param {string | undefined} body @param {CallOptions} options without a prototype
 * @param {number} [limit] @param {number} [offset] */
function call(path, body, options, limit, offset) {
  const headers = headersOf(options.headers);
  if (options.idempotencyKey !== undefined) headers[IDEMPOTENCY_KEY] = options.idempotencyKey;
  const idempotencyKey = headers[IDEMPOTENCY_KEY];
  const deadlineMs = options.deadlineMs === null ? Infinity : options.deadlineMs;
  return Object.assign(options, { path, body, headers, idempotencyKey, limit, offset, deadlineMs });
}

/** Returns the idempotency key, which it adds if there is none. @param {Record<string, string>} headers */
export function ensureIdempotencyKey(headers) {
  headers[IDEMPOTENCY_KEY] ??= createIdempotencyKey();
  return headers[IDEMPOTENCY_KEY];
}

/** @param {Record<string, string>} headers */
export function avoidCaches(headers) {
  // In a browser the header would require a CORS preflight; `cache: "no-store"` has the same effect there.
  if (!hasCache()) headers["cache-control"] ??= uncached();
}

/** For `wait`. @param {CallSite} callSite @param {string} method @param {string} path @param {unknown} options */
export function readWait(callSite, method, path, options) {
  callSite.request = { method, path };
  const read = waitOptions(options);
  read.deadlineMs ??= undefined;
  return read;
}

/** For `retryOnConflict`. @param {unknown} refresh @param {unknown} apply @param {unknown} options */
export function readConflict(refresh, apply, options) {
  checkFunction("refresh", refresh);
  checkFunction("apply", apply);
  return conflictOptions(options);
}

/** For `edit`. @param {unknown} change @param {unknown} value */
export function readEdit(change, value) {
  const { maxRounds, idempotencyKey, ...options } = editOptions(value);
  checkFunction("apply", change);
  return { maxRounds, idempotencyKey, signal: own(options, "signal"), options };
}

/** @param {string} name @param {unknown} value */
function checkFunction(name, value) {
  if (typeof value !== "function") throw invalid(name, value, "a function");
}

/** The changes, with the version that they apply to. @param {{ version: unknown }} current @param {object} changes */
export const withVersion = (current, changes) => ({ version: current.version, ...changes });

/** For a list that is sent in batches. @param {unknown} list @param {unknown} value */
export function readBatches(list, value) {
  // A copy, so that the caller may change the list in the meantime. If it is not a list, the first request rejects it.
  const items = isList(list) ? reading("body", () => Array.from(list)) : list;
  const options = callOptions(value);
  return { items, options, idempotencyKey: options.idempotencyKey };
}

/** @param {CallOptions} options @param {string | undefined} idempotencyKey */
export const withIdempotencyKey = (options, idempotencyKey) => ({ ...options, idempotencyKey });
