// The fault server, a process of its own: a flood must not hold up whoever counts the time. It ends with whoever started it.

import { connect, createServer } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { FAULTS } from "./faults.mjs";
import { answer, end, reset, stay } from "./writing.mjs";

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
/** TLS's words for a handshake that failed. */
const ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

/** How often each path was asked for, below `/once/` by method too. */
const counts = new Map();

/** What a path asks for: `/fault/7` is always the seventh, `/once/7/x` only the first time, `/seen/…` how often a path was asked for, and all else goes well. */
function planOf(method, path) {
  const count = (counts.get(`${method} ${path}`) ?? 0) + 1;
  counts.set(`${method} ${path}`, count);
  const [, what, number] = path.split("/");
  if (what === "seen")
    return { text: answer(JSON.stringify(counts.get(decodeURIComponent(path.slice(6))) ?? 0)), then: stay };
  const isFault = what === "fault" || (what === "once" && count === 1);
  return isFault ? FAULTS[number] : { text: answer(JSON.stringify({ well: path })), then: stay };
}

/** Reads requests, one after the other, and does as their paths ask. */
function talk(socket, raw) {
  let heard = Buffer.alloc(0);
  socket.on("data", (data) => {
    heard = Buffer.concat([heard, data]);
    for (let isMore = true; isMore; ) isMore = next();
  });
  const next = () => {
    const at = heard.indexOf("\r\n\r\n");
    if (at < 0) return false;
    const text = heard.subarray(0, at).toString("latin1");
    const size = at + 4 + Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    if (heard.length < size) return false;
    heard = heard.subarray(size);
    const [method, path] = text.split(" ", 2);
    if (method === "OPTIONS") socket.write(PREFLIGHT);
    else obey(planOf(method, path));
    return true;
  };
  const obey = ({ text, then }) => {
    // What is written arrives before what happens then.
    if (text.length > 0) socket.write(text, () => then(socket, raw));
    else then(socket, raw);
  };
}

const sockets = new Set();
async function listening(accept) {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket
      .on("close", () => sockets.delete(socket))
      .on("error", () => {})
      .on("end", () => socket.end());
    accept(socket, socket);
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `127.0.0.1:${server.address().port}`;
}

/** Talks behind a certificate. */
function secured(pair, then = talk) {
  const secureContext = createSecureContext(pair);
  return (raw) => {
    const socket = new TLSSocket(raw, { isServer: true, secureContext });
    socket.on("error", () => {}).on("secure", () => then(socket, raw));
  };
}

/** Passes on the handshake, and answers what follows it with what is no record of TLS. */
function spoiled(address) {
  return (socket) => {
    const behind = connect(address.split(":")[1], "127.0.0.1")
      .on("error", () => {})
      .on("data", (data) => socket.write(data));
    socket.once("data", (hello) => {
      behind.write(hello);
      socket.once("data", () => socket.write("this is no record of TLS ".repeat(20)));
    });
    socket.once("close", () => behind.destroy());
  };
}

const onHello = (text, then) => (socket) => socket.once("data", () => socket.write(text, () => then(socket, socket)));

/** What there is, by name: the addresses go to whoever started this. */
async function serve({ trusted, untrusted, expired, misnamed }) {
  const doors = {
    // Each fault has its own, and a POST another, so that none is met on a connection that another one left.
    ...Object.fromEntries(
      FAULTS.flatMap(({ name }) => [
        [name, talk],
        [`${name}, POST`, talk],
      ]),
    ),
    tls: secured(trusted),
    "a certificate that nobody trusts": secured(untrusted),
    "a certificate of long ago": secured(expired),
    "a certificate of another host": secured(misnamed),
    "reset at the hello": onHello("", reset),
    "closed at the hello": onHello("", end),
    "reset within the handshake": onHello(Buffer.from([22, 3, 3, 0, 90, 2, 0]), reset),
    "silent at the hello": onHello("", stay),
    "an alert": onHello(ALERT, end),
    "plain text": onHello("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", end),
    "reset after the handshake": secured(trusted, reset),
    "closed after the handshake": secured(trusted, end),
    "cut off without a word": secured(trusted, (socket, raw) => socket.once("data", () => raw.end())),
  };
  const addresses = {};
  for (const [name, accept] of Object.entries(doors)) addresses[name] = await listening(accept);
  addresses["garbage after the handshake"] = await listening(spoiled(addresses.tls));
  return addresses;
}

process.on("disconnect", () => process.exit());
process.on("message", async (certificates) => process.send(await serve(certificates)));
