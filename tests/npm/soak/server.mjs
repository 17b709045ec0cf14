// The server of a soak, in a process of its own: it answers, does wrong as its plan says, and keeps a ledger of every call.
// `node server.mjs SEED PACKAGE` is told over its channel when to begin and to end. It serves the page of the load too.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { FAULTS, HUGE } from "./faults.mjs";
import { phases } from "./phases.mjs";
import { CALL_ID, callIdOf, chance, FETCH_NUMBER, pick } from "./random.mjs";
import { makeState } from "./state.mjs";

const [seed, packageUrl] = process.argv.slice(2);
const state = makeState(seed);
const FOLDERS = { soak: new URL("./", import.meta.url), pkg: new URL(packageUrl) };
const TYPES = { html: "text/html", mjs: "text/javascript", js: "text/javascript" };
/** Of the requests of a noisy time, so many go wrong. */
const NOISE = 0.2;
/** Requests a second in a limited time. */
const LIMIT = 120;
const DRAIN_MS = 30_000;
/** A connection that was broken here. */
const BROKEN = Symbol("broken");

let phase = "calm";
let ends = false;
const seen = { requests: 0, phases: {}, faults: {} };
const window = { began: 0, count: 0 };

const server = createServer((request, response) => {
  const [, area, name] = new URL(request.url, "http://x").pathname.split("/");
  if (area in FOLDERS) void file(FOLDERS[area], name, response);
  else void exchange(request, response);
});

const sockets = new Set();
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});

async function file(folder, name, response) {
  // A page asks for its icon by itself.
  const content = await readFile(new URL(name, folder)).catch(() => undefined);
  response
    .writeHead(content ? 200 : 404, { "content-type": TYPES[name.split(".").at(-1)] ?? "text/plain" })
    .end(content);
}

async function exchange(request, response) {
  const { method, headers, socket } = request;
  const url = new URL(request.url, "http://x");
  if (url.pathname === "/favicon.ico") return response.writeHead(404).end();
  const id = callIdOf(url.pathname, headers[CALL_ID]);
  const number = Number(headers[FETCH_NUMBER]);
  const arrival = state.arrive(id, number, method, () => socket[BROKEN] === true);
  seen.requests += 1;
  const roll = chance(seed, id, number, arrival.again);
  request.on("error", () => {});
  if (!arrival.method) return response.writeHead(404).end();
  const reset = () => {
    socket[BROKEN] = true;
    socket.resetAndDestroy();
  };
  if (phase === "outage") return reset();

  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // It broke while it was sent: there is nothing to do, and nobody to tell.
    return undefined;
  }
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
  await pause(roll() * 8);
  // Nothing is done for a connection that is broken: what was sent again in its place may be here already.
  if (socket[BROKEN]) return undefined;

  const own = { request, response, arrival };
  if (phase === "limited" && isOver())
    return told(own, 429, { code: "RATE_LIMIT_EXCEEDED", message: "slow down" }, { "retry-after": "0.2" });
  if (url.pathname.startsWith("/api/v1/huge/")) return told(own, 500, HUGE);
  const fault = phase === "noisy" && roll() < NOISE ? pick(FAULTS, roll()) : undefined;
  if (fault) seen.faults[fault.name] = (seen.faults[fault.name] ?? 0) + 1;
  // An answer is made either way: it decides whether there is something to apply.
  const [status, value] =
    fault && !fault.did ? [200, {}] : state.answer(id, method, url.pathname, url.searchParams, body);
  if (status < 300 && (!fault || fault.did)) state.apply(id, number, method, headers["idempotency-key"], body);
  if (!fault || status >= 300) return told(own, status, value);

  const text = value === undefined ? "" : JSON.stringify(value);
  let rest = text;
  return fault.answer({
    text,
    send: (...given) => told(own, ...given),
    reset,
    later: (ms, then) => {
      const timer = setTimeout(then, ms);
      response.once("close", () => clearTimeout(timer));
    },
    begin: (given = status) =>
      new Promise((resolve) => {
        arrival.status = given;
        const half = text.slice(0, text.length / 2);
        rest = text.slice(half.length);
        response.on("finish", () => {
          arrival.finished = true;
        });
        // Of these the head is all that there is.
        arrival.finished = method === "HEAD" || given === 204;
        response.writeHead(given, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
        response.flushHeaders();
        response.write(half || " ", () => resolve());
      }),
    finish: () => response.end(rest),
  });
}

function isOver() {
  const now = Date.now();
  if (now - window.began >= 1000) Object.assign(window, { began: now, count: 0 });
  window.count += 1;
  return window.count > LIMIT;
}

function told({ response, arrival }, status, body, headers = {}) {
  arrival.status = status;
  response.on("finish", () => {
    arrival.finished = true;
  });
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "soak", ...headers }).end(text);
}

const listen = (port) =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve(server.address().port);
    });
  });

/** Every connection breaks, and nobody listens for a while. */
async function restart(port, ms) {
  server.close();
  for (const socket of sockets) socket[BROKEN] = true;
  server.closeAllConnections();
  await pause(ms);
  for (let tries = 0; tries < 100; tries += 1) {
    // Meanwhile the port may be somebody's for a moment.
    const open = await listen(port).then(
      () => true,
      () => false,
    );
    if (open) return;
    await pause(100);
  }
  throw new Error(`port ${port} is taken`);
}

async function play(port) {
  for (const { name, ms } of phases(seed)) {
    if (ends) break;
    seen.phases[name] = (seen.phases[name] ?? 0) + 1;
    phase = name;
    if (name === "restart") await restart(port, ms);
    else for (const until = Date.now() + ms; Date.now() < until && !ends; ) await pause(50);
  }
  phase = "calm";
}

/** No request comes any more: the load is gone, and with it every connection. */
async function drained() {
  server.closeIdleConnections();
  const open = () =>
    new Promise((resolve) => {
      server.getConnections((error, count) => resolve(count));
    });
  for (const until = Date.now() + DRAIN_MS; Date.now() < until; ) {
    if ((await open()) === 0) return 0;
    await pause(50);
  }
  return open();
}

const port = await listen(0);
let playing;
const STEPS = {
  begin: () => {
    playing = play(port);
    return {};
  },
  /** No call is under way: no connection is needed. */
  quiet: () => {
    server.closeIdleConnections();
    return {};
  },
  async end() {
    ends = true;
    await playing;
    const connections = await drained();
    server.close();
    server.closeAllConnections();
    return { ledger: state.ledger(), strays: state.strays, connections, ...seen };
  },
};
process.on("message", async (step) => {
  const said = await STEPS[step]();
  process.send(said);
});
// Whoever started it is gone, before the end or after it.
process.on("disconnect", () => process.exit(ends ? 0 : 1));
process.send({ url: `http://127.0.0.1:${port}` });
