// The proxy under test, an API for it that records what it gets, and requests as a browser or an attacker sends them.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { createRequire } from "node:module";
import { canary, listen, PACKAGE, TEST_KEYS } from "../helpers/setup.mjs";

export const KEY = TEST_KEYS.full;
export const { createProxy, PASSED_HEADERS, toNodeHandler } = await import(new URL("proxy/index.js", PACKAGE));
export const commonjs = createRequire(import.meta.url)(new URL("proxy/index.cjs", PACKAGE).pathname);

export const ORDERS = "/openprospect/api/v1/orders";
const PAGE_ORIGIN = "https://app.example";

/** An API on loopback. `answer` responds to a request that was received completely, by default with `{"ok":true}`. */
export async function serveApi(t, answer = json({ ok: true })) {
  const requests = [];
  const url = await listen(t, async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The caller disconnected.
    }
    const { method, url: path, headers } = request;
    requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    answer(response, requests.at(-1));
  });
  return { url, requests };
}

export const json =
  (value, status = 200, headers = {}) =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  };

/** An API, and a proxy for it that lets every caller through. */
export async function serveProxy(t, options, answer) {
  const api = await serveApi(t, answer);
  const errors = [];
  const proxy = createProxy({
    apiKey: KEY,
    baseUrl: api.url,
    authorize: () => true,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { ...api, proxy, errors, call: (path, init) => call(proxy, path, init) };
}

/** Sends a request through a proxy without a server. Its response must not have the key. */
export async function call(proxy, path = ORDERS, init = {}) {
  const response = await proxy(new Request(PAGE_ORIGIN + path, { duplex: "half", ...init }));
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  canary.require("the response of the proxy", { headers, text });
  return {
    status: response.status,
    headers,
    text,
    get body() {
      return JSON.parse(text);
    },
  };
}

/** A server of Node's with the proxy. */
export const serveNode = (t, proxy, options) => listen(t, toNodeHandler(proxy, options));

/** Sends bytes and gives what comes until the connection ends, or is reset. */
export function raw(url, text) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port });
    const chunks = [];
    socket
      .on("data", (chunk) => chunks.push(chunk))
      .on("error", (error) => error.code === "ECONNRESET" || reject(error));
    socket.on("close", () => {
      const received = Buffer.concat(chunks).toString("latin1");
      canary.require("what the socket received", received);
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]), text: received });
    });
    socket.write(text);
  });
}

export const requestLine = (target, { method = "GET", host = "app.example", headers = "" } = {}) =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`;

/** A refusal of the proxy itself: inert, not cached, in the API's envelope. */
export function assertRefused({ status, headers, body }, expected, code) {
  assert.deepEqual([status, body.code, Object.keys(body)], [expected, code, ["code", "message"]]);
  assertInert(headers);
}

export function assertInert(headers) {
  assert.equal(headers["cache-control"], "private, no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["content-security-policy"], "default-src 'none'; sandbox");
  assert.match(headers["content-type"], /^(?:application\/json|text\/plain; charset=utf-8)$/);
  for (const name of ["set-cookie", "location", "refresh", "link"]) assert.ok(!(name in headers), name);
}
