import { bare } from "./bare.js";
import { isOrigin } from "./options.js";
import { errorResponse, isResponse, methodNotAllowed, notFound } from "./response.js";

/** @import { NodeHandlerOptions, NodeRequest, NodeResponse, Proxy } from "./index.d.ts" */

/**
 * What the types of the package leave out, because not every framework declares it.
 *
 * @typedef {NodeRequest & import("node:http").IncomingMessage & {originalUrl?: string}} Incoming
 */
/** @typedef {import("node:http").ServerResponse} Outgoing */

/** Methods for which no `Request` can be created. */
const WITHOUT_REQUEST = ["CONNECT", "TRACE", "TRACK"];

/**
 * @param {Proxy} proxy
 * @param {NodeHandlerOptions} [options]
 * @returns {(request: NodeRequest, response: NodeResponse) => Promise<void>}
 */
export function toNodeHandler(proxy, options = {}) {
  if (typeof proxy !== "function") throw new TypeError("toNodeHandler: expected the function that createProxy returns");
  const { origin, ...others } = options;
  if (Object.keys(others).length > 0) throw new TypeError("toNodeHandler: unknown option; expected origin");
  if (origin !== undefined && !isOrigin(origin))
    throw new TypeError('toNodeHandler: origin: expected an origin such as "https://app.example.com"');
  return async (request, response) => {
    const incoming = /** @type {Incoming} */ (request);
    const outgoing = /** @type {Outgoing} */ (response);
    const controller = new AbortController();
    outgoing.on("error", () => {});
    outgoing.on("close", () => outgoing.writableFinished || controller.abort());
    try {
      const result = await respond(proxy, incoming, origin, controller.signal);
      await send(isResponse(result) ? result : failed(), outgoing);
    } catch {
      if (outgoing.headersSent) outgoing.destroy();
      else await send(failed(), outgoing).catch(() => outgoing.destroy());
    }
  };
}

const failed = () => errorResponse(500, "INTERNAL_ERROR", "The proxy failed.");

/**
 * @param {Proxy} proxy
 * @param {Incoming} incoming
 * @param {string | undefined} origin
 * @param {AbortSignal} signal
 */
function respond(proxy, incoming, origin, signal) {
  const {
    method = "",
    socket,
    rawHeaders,
    headers: { host, "content-length": length, "transfer-encoding": coding },
  } = incoming;
  if (WITHOUT_REQUEST.includes(method)) return methodNotAllowed();
  // `x-forwarded-proto` and `x-forwarded-host` are not read: any caller can send them.
  const own = origin ?? `${"encrypted" in socket && socket.encrypted ? "https" : "http"}://${host}`;
  if (!URL.canParse(own) || new URL(own).href !== `${new URL(own).origin}/`)
    return errorResponse(400, "BAD_REQUEST", "The Host header is not valid.");
  // Express removes the path that it is mounted at from `url`.
  const target = incoming.originalUrl ?? incoming.url ?? "";
  const [path] = target.split("?", 1);
  // A path that the URL parser would change (dot segments, backslashes, another authority) is not forwarded.
  if (path[0] !== "/" || new URL(own + target).pathname !== path) return notFound();

  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at], rawHeaders[at + 1]);
  const hasBody = method !== "GET" && method !== "HEAD" && (coding !== undefined || Number(length) > 0);
  return proxy(
    new Request(
      own + target,
      bare({
        method,
        headers,
        body: hasBody ? bodyOf(incoming) : undefined,
        duplex: "half",
        signal,
      }),
    ),
  );
}

/**
 * The body as a stream, which reads nothing from the socket before it is read itself. Node discards the unread rest.
 *
 * @param {Incoming} incoming
 */
function bodyOf(incoming) {
  /** @type {(() => void) | undefined} */
  let end;
  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  const start = (controller) => {
    if (incoming.readableEnded || incoming.destroyed)
      throw new TypeError("toNodeHandler: the request body was already read. Mount the proxy before body parsers.");
    /** @param {Buffer} chunk */
    const add = (chunk) => {
      incoming.pause();
      controller.enqueue(chunk);
    };
    const close = () => controller.close();
    incoming
      .on("data", add)
      .on("end", close)
      .on("error", (error) => controller.error(error));
    end = () => incoming.off("data", add).off("end", close);
  };
  return new ReadableStream(
    {
      pull(controller) {
        if (end === undefined) start(controller);
        incoming.resume();
      },
      cancel() {
        end?.();
        incoming.resume();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * @param {Response} response
 * @param {Outgoing} outgoing
 */
async function send({ status, headers, body }, outgoing) {
  for (const [name, value] of headers) outgoing.setHeader(name, name === "set-cookie" ? headers.getSetCookie() : value);
  outgoing.writeHead(status);
  const reader = body?.getReader();
  while (reader !== undefined) {
    if (outgoing.destroyed) {
      await reader.cancel();
      break;
    }
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value)) await drained(outgoing);
  }
  outgoing.end();
}

/**
 * Resolves when more can be written, or when the connection is closed.
 *
 * @param {Outgoing} outgoing
 * @returns {Promise<void>}
 */
function drained(outgoing) {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
  });
}
