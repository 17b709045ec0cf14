// From what a method was given to what the module is told. All of it is read before the method returns, so that the caller may
// change it afterwards.

import { hasCache } from "./environment.js";
import { Misuse, own } from "./misuse.js";
import { checkIdempotencyKey, headersOf, IDEMPOTENCY_KEY, randomKey, uncached } from "./request.js";

/** Makes the call that `read` gives, as arguments of `send`; what it finds wrong is a rejection. */
export function perform(client, read, trace) {
  let call;
  try {
    call = read();
  } catch (error) {
    return refused(client, error, trace);
  }
  return client.send(call, trace);
}

/** The client knows the keys that an error must not show. */
export function refused(client, error, trace) {
  if (!(error instanceof Misuse)) return Promise.reject(error);
  return client.refuse(error, trace);
}

/**
 * The arguments of `send`, in its order. With `older` a page is expected; `asked` are the query's own limit and offset, for pages; what
 * `isFresh` is never answered from a cache.
 */
export function callOf(request, options) {
  // Without prototypes, which somebody may have polluted.
  const { older, whole = false, method, path, body, asked, isKeyed = false, isFresh = false } = { __proto__: null, ...request };
  const { headers: given, idempotencyKey, maxRetries, timeoutMs, deadlineMs, atMostMs, signal } = { __proto__: null, ...options };
  const headers = headersOf(given);
  if (idempotencyKey !== undefined) {
    checkIdempotencyKey(idempotencyKey);
    headers[IDEMPOTENCY_KEY] = idempotencyKey;
  } else if (isKeyed) headers[IDEMPOTENCY_KEY] ??= randomKey();
  // In a browser the header would need a CORS preflight; `cache: "no-store"` does the same there.
  if (isFresh && !hasCache()) headers["cache-control"] ??= uncached();
  const deadline = deadlineMs === null ? Infinity : deadlineMs;
  return [older, whole, method, path, headers, body, headers[IDEMPOTENCY_KEY], number(own(asked, "limit")), number(own(asked, "offset")), maxRetries, timeoutMs, deadline, atMostMs, signal];
}

/** What is no number is none: a server reads it, or refuses it. */
const number = (value) => (typeof value === "number" ? value : undefined);
