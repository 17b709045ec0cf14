// The proxy under test, an API for it that records its requests, and requests as a browser or an attacker sends them.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { createRequire } from "node:module";
import { canary, listen, PACKAGE, TEST_KEYS } from "../helpers/setup.mjs";

/** @import { ServerResponse } from "node:http" */
/** @import { TestContext } from "node:test" */
/** @import { NodeHandlerOptions, Proxy, ProxyOptions } from "../../../pkg-template/proxy/index.js" */
/** @typedef {typeof import("../../../pkg-template/proxy/index.js")} ProxyModule */
/** @typedef {Omit<Partial<ProxyOptions>, "fetch"> & {fetch?: any}} TestOptions `fetch`: also one that misbehaves. */
/** @typedef {{method: string, path: string, headers: Record<string, string>, body: string}} ApiRequest */
/** @typedef {(response: ServerResponse, request: ApiRequest) => unknown} Respond */
/** @typedef {{status: number, headers: Record<string, string>, text: string, readonly body: any}} ReadResponse */

export const KEY = TEST_KEYS.full;

/** @type {ProxyModule} */
const esm = await import(new URL("proxy/index.js", PACKAGE).href);
export const { createProxy, PASSED_HEADERS, toNodeHandler } = esm;

/** @type {ProxyModule} */
export const commonjs = createRequire(import.meta.url)(new URL("proxy/index.cjs", PACKAGE).pathname);

export const ORDERS = "/openprospect/api/v1/orders";
export const PAGE_ORIGIN = "https://app.example";
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * An API on loopback. `respond` responds to a request that was received completely, by default with `{"ok":true}`.
 *
 * @param {TestContext} t
 * @param {Respond} [respond]
 */
export async function serveApi(t, respond = json({ ok: true })) {
  /** @type {ApiRequest[]} */
  const requests = [];
  const url = await listen(t, async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The caller disconnected.
    }
    const { method = "", url: path = "", headers } = request;
    const received = {
      method,
      path,
      headers: /** @type {Record<string, string>} */ (headers),
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(received);
    respond(response, received);
  });
  return { url, requests };
}

/**
 * @param {unknown} value
 * @param {number} [status]
 * @param {import("node:http").OutgoingHttpHeaders} [headers]
 * @returns {Respond}
 */
export const json =
  (value, status = 200, headers = {}) =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };

/**
 * An API, and a proxy for it that authorizes every caller.
 *
 * @param {TestContext} t
 * @param {TestOptions} [options]
 * @param {Respond} [respond]
 */
export async function serveProxy(t, options, respond) {
  const api = await serveApi(t, respond);
  /** @type {any[]} */
  const errors = [];
  const proxy = createProxy({
    apiKey: KEY,
    baseUrl: api.url,
    authorize: () => true,
    onError: (error) => errors.push(error),
    ...options,
  });
  return {
    ...api,
    proxy,
    errors,
    /**
     * @param {string} [path]
     * @param {RequestInit} [init]
     */
    call: (path, init) => call(proxy, path, init),
  };
}

/** @param {Response} response */
export const bodyOf = ({ body }) => body ?? assert.fail("the response has no body");

/**
 * Reads a response, which must not contain the key.
 *
 * @param {string} place
 * @param {Response} response
 * @returns {Promise<ReadResponse>}
 */
async function read(place, response) {
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  canary.require(place, { headers, text });
  return {
    status: response.status,
    headers,
    text,
    get body() {
      return JSON.parse(text);
    },
  };
}

/**
 * The init of a request with a stream as its body needs `duplex`, which the types of DOM do not have.
 *
 * @param {RequestInit} init
 */
export const withDuplex = (init) => ({ duplex: "half", ...init });

/**
 * Sends a request through a proxy without a server.
 *
 * @param {Proxy} proxy
 * @param {RequestInit} [init]
 */
export async function call(proxy, path = ORDERS, init = {}) {
  return read("the response of the proxy", await proxy(new Request(PAGE_ORIGIN + path, withDuplex(init))));
}

/**
 * Sends a request to a server.
 *
 * @param {string} url
 * @param {RequestInit} [init]
 */
export async function send(url, init) {
  return read("a response of the server", await fetch(url, init));
}

/**
 * A server of Node's with the proxy.
 *
 * @param {TestContext} t
 * @param {Proxy} proxy
 * @param {NodeHandlerOptions} [options]
 * @returns {Promise<string>}
 */
export const serveNode = (t, proxy, options) => listen(t, toNodeHandler(proxy, options));

/**
 * A server of Node's with a proxy for an API.
 *
 * @param {TestContext} t
 * @param {TestOptions} [options]
 * @param {Respond} [respond]
 * @param {NodeHandlerOptions} [handlerOptions]
 */
export async function mount(t, options, respond, handlerOptions) {
  const { proxy, requests, errors } = await serveProxy(t, options, respond);
  return { proxy, requests, errors, url: await serveNode(t, proxy, handlerOptions) };
}

/**
 * Sends bytes, and returns what is received until the connection is closed or reset.
 *
 * @param {string} url
 * @param {string | Uint8Array} data
 * @returns {Promise<{status: number, text: string}>}
 */
export function raw(url, data) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    /** @type {Buffer[]} */
    const chunks = [];
    socket
      .on("data", (chunk) => chunks.push(chunk))
      .on("error", (/** @type {NodeJS.ErrnoException} */ error) => error.code === "ECONNRESET" || reject(error));
    socket.on("close", () => {
      const received = Buffer.concat(chunks).toString("latin1");
      canary.require("what the socket received", received);
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]), text: received });
    });
    socket.write(data);
  });
}

/** @param {string} target */
export const requestLine = (target, { method = "GET", host = "app.example", headers = "" } = {}) =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`;

/**
 * Asserts an error of the proxy itself: inert, not cached, in the API's envelope.
 *
 * @param {ReadResponse} response
 * @param {number} expected
 * @param {string} code
 */
export function assertError({ status, headers, body }, expected, code) {
  assert.deepEqual([status, body.code, Object.keys(body)], [expected, code, ["code", "message"]]);
  assertInert(headers);
}

/**
 * Asserts that a browser neither renders nor caches the response.
 *
 * @param {Record<string, string>} headers
 */
export function assertInert(headers) {
  assert.equal(headers["cache-control"], "private, no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["content-security-policy"], "default-src 'none'; sandbox");
  assert.match(headers["content-type"], /^(?:application\/json|text\/plain; charset=utf-8)$/);
  for (const name of ["set-cookie", "location", "refresh", "link"]) assert.ok(!(name in headers), name);
}
