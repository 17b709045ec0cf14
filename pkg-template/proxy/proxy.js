import { bare } from "./bare.js";
import { corsHeaders, identifyCaller } from "./caller.js";
import { startExchange } from "./exchange.js";
import { isKey, readOptions } from "./options.js";
import {
  errorResponse,
  isResponse,
  methodNotAllowed,
  METHODS,
  notFound,
  upstreamResponse,
  withoutCaching,
} from "./response.js";
import { upstreamUrl } from "./target.js";

/** @import { Proxy, ProxyOptions, ProxyRequestInit } from "./index.d.ts" */
/** @import { Exchange } from "./exchange.js" */
/** @import { Settings } from "./options.js" */

/** The headers that the client sends. Others stay here: cookies, authorization, forwarding and hop-by-hop headers. */
const REQUEST_HEADERS = ["accept", "content-type", "idempotency-key"];

/**
 * @param {ProxyOptions} options
 * @returns {Proxy}
 */
export function createProxy(options) {
  const settings = readOptions(options);
  return async (request) => {
    /** @type {[name: string, value: string][]} */
    let cors = [];
    let response;
    try {
      const url = new URL(request.url);
      const caller = identifyCaller(request.headers, url.origin, settings.allowedOrigins);
      cors = corsHeaders(caller.corsOrigin, request);
      response = await respond(request, url, caller, settings);
    } catch (error) {
      report(settings, error, request);
      response = errorResponse(500, "INTERNAL_ERROR", "The proxy failed.");
    }
    for (const [name, value] of cors) response.headers.set(name, value);
    return response;
  };
}

/**
 * @param {Settings} settings
 * @param {unknown} error
 * @param {Request} request
 */
function report({ onError }, error, request) {
  try {
    onError?.(error, request);
  } catch {} // A failing logger must not change the response.
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {ReturnType<typeof identifyCaller>} caller
 * @param {Settings} settings
 * @returns {Promise<Response>}
 */
async function respond(request, url, { isAllowed, corsOrigin }, settings) {
  const { method } = request;
  const { authorize, apiKey } = settings;
  const target = upstreamUrl(url, settings.prefix, settings.base);
  if (target === undefined) return notFound();
  if (!isAllowed) return errorResponse(403, "CROSS_ORIGIN_REQUEST", "Requests from other origins are not allowed.");
  if (method === "OPTIONS" && corsOrigin !== undefined)
    return withoutCaching(new Response(null, bare({ status: 204 })));
  if (!METHODS.includes(method)) return methodNotAllowed();

  const decision = await authorize(request);
  if (isResponse(decision)) return withoutCaching(decision);
  if (decision !== true)
    return errorResponse(401, "UNAUTHORIZED", "You are not signed in, or are not allowed to do this.");

  const key = await apiKey(request);
  if (isKey(key)) return forward(request, target, key, settings);
  report(
    settings,
    new TypeError("openprospect/proxy: missing or invalid API key. Set OPENPROSPECT_API_KEY, or pass apiKey."),
    request,
  );
  return errorResponse(500, "MISSING_API_KEY", "The proxy has no valid API key.");
}

/**
 * @param {Request} request
 * @param {string} target
 * @param {string} key
 * @param {Settings} settings
 */
async function forward(request, target, key, settings) {
  const { fetch = globalThis.fetch, timeoutMs, maxBodyBytes } = settings;
  /** @type {Record<string, string>} */
  const headers = bare({ authorization: `Bearer ${key}` });
  for (const name of REQUEST_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const exchange = startExchange(request.signal, timeoutMs);
  let isSent = false;
  try {
    const body = await readBody(request, maxBodyBytes, exchange);
    if (body === TOO_LARGE) {
      exchange.end();
      return errorResponse(413, "PAYLOAD_TOO_LARGE", `The request body is larger than ${maxBodyBytes} bytes.`);
    }
    exchange.signal.throwIfAborted();
    isSent = true;
    /** @type {ProxyRequestInit} */
    const init = bare({
      method: request.method,
      headers,
      body,
      redirect: "manual",
      signal: exchange.signal,
    });
    return upstreamResponse(await exchange.until(fetch(target, init)), key, exchange);
  } catch (error) {
    exchange.stop("failed");
    if (exchange.reason === "disconnected")
      return errorResponse(499, "CLIENT_CLOSED_REQUEST", "The caller closed the request.");
    const isTimeout = exchange.reason === "timed out";
    if (!isSent && !isTimeout) throw error;
    report(settings, error, request);
    if (!isSent) return errorResponse(408, "REQUEST_TIMEOUT", "The request body did not arrive in time.");
    return isTimeout
      ? errorResponse(504, "GATEWAY_TIMEOUT", "The API did not respond in time.")
      : errorResponse(502, "BAD_GATEWAY", "The API could not be reached.");
  }
}

const TOO_LARGE = Symbol("too large");

/**
 * Buffers the body, so that one over the limit is not sent in part. Its size is counted: `content-length` may be wrong.
 *
 * @param {Request} request
 * @param {number} limit
 * @param {Exchange} exchange
 */
async function readBody({ method, headers, body, bodyUsed }, limit, exchange) {
  if (method === "GET" || method === "HEAD" || !body) return undefined;
  if (bodyUsed)
    throw new TypeError(
      "openprospect/proxy: the request body was already read. In authorize, read request.clone() instead.",
    );
  if (Number(headers.get("content-length")) > limit) return TOO_LARGE;
  const reader = body.getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  for (let size = 0; ; ) {
    const { done, value } = await exchange.until(reader.read());
    // Deno resends a POST after a broken connection, unless its body has to be read, like that of a Blob.
    if (done) return size > 0 ? new Blob(chunks) : undefined;
    chunks.push(value);
    size += value.byteLength;
    if (size <= limit) continue;
    reader.cancel().catch(() => {});
    return TOO_LARGE;
  }
}
