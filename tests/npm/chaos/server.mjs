// The fault server, in a separate process, so that large bodies do not delay the timers of the tests. It exits with its
// parent process.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { FAULTS } from "./faults.mjs";
import { end, reset, response, stay } from "./socket-writes.mjs";

const PREFLIGHT = [
  "HTTP/1.1 204 No Content",
  "access-control-allow-origin: *",
  "access-control-allow-headers: *, authorization, content-type, idempotency-key",
  "access-control-allow-methods: GET, POST",
  "access-control-max-age: 600",
  "content-length: 0",
  "",
  "",
].join("\r\n");
/** The TLS alert handshake_failure. */
const ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

/** The number of requests by method and path. */
const counts = new Map();

/**
 * The response to a path: `/fault/7` is always fault 7, `/once/7/x` only for the first request, `/count/…` is the
 * number of equal requests, and any other path succeeds.
 */
function planOf(method, path) {
  const count = (counts.get(`${method} ${path}`) ?? 0) + 1;
  counts.set(`${method} ${path}`, count);
  const [, what, number] = path.split("/");
  if (what === "count")
    return {
      text: response(JSON.stringify(counts.get(decodeURIComponent(path.slice("/count/".length))) ?? 0)),
      then: stay,
    };
  const isFault = what === "fault" || (what === "once" && count === 1);
  return isFault ? FAULTS[number] : { text: response(JSON.stringify({ path })), then: stay };
}

/** Reads requests one after the other, and responds according to their paths. */
function handle(socket, raw) {
  let received = Buffer.alloc(0);
  socket.on("data", (data) => {
    received = Buffer.concat([received, data]);
    for (let isMore = true; isMore; ) isMore = next();
  });
  const next = () => {
    const at = received.indexOf("\r\n\r\n");
    if (at < 0) return false;
    const text = received.subarray(0, at).toString("latin1");
    const size = at + 4 + Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    if (received.length < size) return false;
    received = received.subarray(size);
    const [method, path] = text.split(" ", 2);
    if (method === "OPTIONS") socket.write(PREFLIGHT);
    else respond(planOf(method, path));
    return true;
  };
  const respond = ({ text, then }) => {
    // The action follows only after the bytes are written.
    if (text.length > 0) socket.write(text, () => then(socket, raw));
    else then(socket, raw);
  };
}

const sockets = new Set();
async function listen(accept) {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket
      .on("close", () => sockets.delete(socket))
      .on("error", () => {})
      .on("end", () => socket.end());
    accept(socket, socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `127.0.0.1:${port}`;
}

/** A TLS server with a certificate. */
function tls(pair, then = handle) {
  const secureContext = createSecureContext(pair);
  return (raw) => {
    const socket = new TLSSocket(raw, { isServer: true, secureContext });
    socket.on("error", () => {}).on("secure", () => then(socket, raw));
  };
}

/** Forwards the handshake, and responds to the first record after it with bytes that are not TLS. */
function invalidRecords(address) {
  return (socket) => {
    const upstream = connect(Number(address.split(":")[1]), "127.0.0.1")
      .on("error", () => {})
      .on("data", (data) => socket.write(data));
    socket.once("data", (hello) => {
      upstream.write(hello);
      socket.once("data", () => socket.write("this is no record of TLS ".repeat(20)));
    });
    socket.once("close", () => upstream.destroy());
  };
}

const onHello = (text, then) => (socket) => socket.once("data", () => socket.write(text, () => then(socket, socket)));

/** Starts a server for each name, and returns their addresses. */
async function serve({ trusted, untrusted, expired, misnamed }) {
  const servers = {
    // A separate port for each fault and method, so that no request reuses the connection of another one.
    ...Object.fromEntries(
      FAULTS.flatMap(({ name }) => [
        [name, handle],
        [`${name}, POST`, handle],
      ]),
    ),
    tls: tls(trusted),
    "an untrusted certificate": tls(untrusted),
    "an expired certificate": tls(expired),
    "a certificate for another host": tls(misnamed),
    "reset after the ClientHello": onHello("", reset),
    "closed after the ClientHello": onHello("", end),
    "reset within the handshake": onHello(Buffer.from([22, 3, 3, 0, 90, 2, 0]), reset),
    "stalled after the ClientHello": onHello("", stay),
    "an alert": onHello(ALERT, end),
    "plain text": onHello("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", end),
    "reset after the handshake": tls(trusted, reset),
    "closed after the handshake": tls(trusted, end),
    "closed without close_notify": tls(trusted, (socket, raw) => socket.once("data", () => raw.end())),
  };
  /** @type {Record<string, string>} */
  const listening = {};
  for (const [name, accept] of Object.entries(servers)) listening[name] = await listen(accept);
  listening["invalid records after the handshake"] = await listen(invalidRecords(listening.tls));
  return listening;
}

process.on("disconnect", () => process.exit());
process.on("message", async (/** @type {any} */ certificates) => process.send?.(await serve(certificates)));
