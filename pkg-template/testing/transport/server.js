import { createServer } from "node:http";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { AddressInfo, Socket } from "node:net" */
/** @import { ServedMock, ServeOptions } from "../index.d.ts" */
/** @import { Incoming, Planned, Respond } from "../mock.js" */

/**
 * The state of one exchange.
 *
 * @typedef {object} Exchange
 * @property {NodeJS.Timeout} [timer] the only timer
 * @property {boolean} endedByMock whether the mock ended the connection
 * @property {boolean} disconnected whether the client disconnected before the response was complete
 * @property {Planned} [planned]
 */

/** Gives a client time to read what was sent: some systems drop unread bytes when a reset arrives. */
const BEFORE_RESET_MS = 10;

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;

/**
 * @param {IncomingMessage} request
 * @returns {Promise<Incoming>}
 */
async function readRequest(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = "", url = "", headers } = request;
  const { host = "localhost" } = headers;
  const pairs = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
  return {
    method,
    url: new URL(url.startsWith("/") ? `http://${host}${url}` : url),
    headers: Object.fromEntries(pairs),
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

/**
 * Executes one plan on a socket.
 *
 * @param {Planned} planned
 * @param {ServerResponse} response
 * @param {Exchange} exchange
 */
function execute({ plan, record }, response, exchange) {
  const { status, headers, bytes, ending } = plan;
  const reset = () => {
    exchange.endedByMock = true;
    response.socket?.resetAndDestroy();
  };
  if (ending?.at === "headers") {
    if (ending.kind === "reset") reset();
    return;
  }
  record.status = status;
  response.writeHead(status, headers);
  if (ending === undefined) {
    response.end(bytes ?? undefined);
    return;
  }
  response.flushHeaders();
  if (bytes !== null) response.write(bytes.subarray(0, bytes.length >> 1));
  if (ending.kind === "reset") exchange.timer = setTimeout(reset, BEFORE_RESET_MS);
}

/**
 * Serves a mock on a loopback address.
 *
 * @param {Respond} respond
 * @param {ServeOptions} [options]
 * @returns {Promise<ServedMock>}
 */
export async function listen(respond, { port = 0, host = "127.0.0.1" } = {}) {
  if (!LOOPBACK.test(host)) throw new TypeError(`serve: host must be a loopback address, not ${host}`);
  /** @type {Set<Socket>} */
  const sockets = new Set();
  /** @type {Promise<void> | undefined} */
  let closing;

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function handle(request, response) {
    /** @type {Exchange} */
    const exchange = { timer: undefined, endedByMock: false, disconnected: false, planned: undefined };
    response.sendDate = false;
    response.on("error", () => {});
    response.once("close", () => {
      clearTimeout(exchange.timer);
      exchange.disconnected = !response.writableFinished && !exchange.endedByMock && !closing;
      if (exchange.disconnected && exchange.planned) exchange.planned.record.aborted = true;
    });
    let incoming;
    try {
      incoming = await readRequest(request);
    } catch {
      // The client disconnected before its request was complete, or sent an invalid URL.
      response.writeHead(400).end();
      return;
    }
    try {
      exchange.planned = respond(incoming);
    } catch (error) {
      // A fault function of the test can throw; this response reports the error to the test.
      response.writeHead(500, { "content-type": "text/plain" }).end(`The mock could not respond: ${error}`);
      return;
    }
    const { plan, record } = exchange.planned;
    record.aborted = exchange.disconnected;
    if (exchange.disconnected) return;
    if (plan.delayMs > 0) exchange.timer = setTimeout(execute, plan.delayMs, exchange.planned, response, exchange);
    else execute(exchange.planned, response, exchange);
  }

  const server = createServer(handle);
  // An idle connection stays until close(): ending it from here would race with the next request on it.
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(undefined));
  });

  const close = () => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closing;
  };
  const { port: actualPort } = /** @type {AddressInfo} */ (server.address());
  const name = host.includes(":") ? `[${host}]` : host;
  const served = /** @type {ServedMock} */ ({ url: `http://${name}:${actualPort}`, port: actualPort, close });
  if (Symbol.asyncDispose) served[Symbol.asyncDispose] = close;
  return served;
}
