// The server of a soak, in a separate process: it responds, injects faults, and keeps a ledger of every call. It also
// serves the page of the load. `node server.mjs SEED PACKAGE`; the steps are commands over its channel.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FAULTS, HUGE } from "./faults.mjs";
import { phases } from "./phases.mjs";
import { CALL_ID, callIdOf, chance, FETCH_NUMBER, pick } from "./random.mjs";
import { makeState } from "./state.mjs";

const [seed, packageUrl] = process.argv.slice(2);
const state = makeState(seed);
const FOLDERS = { soak: new URL("./", import.meta.url), pkg: new URL(packageUrl) };
const TYPES = { html: "text/html", mjs: "text/javascript", js: "text/javascript" };
/** The share of requests with a fault in a noisy phase. */
const NOISE = 0.2;
/** Requests per second in a limited phase. */
const LIMIT = 120;
const DRAIN_MS = 30_000;
/** Marks a connection that the server itself broke. */
const BROKEN = Symbol("broken");

let phase = "calm";
let isEnding = false;
const statistics = { requests: 0, phases: {}, faults: {} };
const window = { began: 0, count: 0 };

const server = createServer((request, response) => {
  const [, area, name] = new URL(request.url ?? "", "http://x").pathname.split("/");
  if (area in FOLDERS) void file(FOLDERS[area], name, response);
  else void exchange(request, response);
});

const sockets = new Set();
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});

async function file(folder, name, response) {
  // A browser itself requests the icon of a page.
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
  statistics.requests += 1;
  const random = chance(seed, id, number, arrival.resends);
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
    // The connection broke while the request was sent.
    return undefined;
  }
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
  await sleep(random() * 8);
  // A request of a broken connection is not applied: its resend may have arrived already.
  if (socket[BROKEN]) return undefined;

  const own = { request, response, arrival };
  if (phase === "limited" && exceedsLimit())
    return respond(own, 429, { code: "RATE_LIMIT_EXCEEDED", message: "slow down" }, { "retry-after": "0.2" });
  if (url.pathname.startsWith("/api/v1/huge/")) return respond(own, 500, HUGE);
  const fault = phase === "noisy" && random() < NOISE ? pick(FAULTS, random()) : undefined;
  if (fault) statistics.faults[fault.name] = (statistics.faults[fault.name] ?? 0) + 1;
  // The regular response decides whether there is something to apply, even if a fault replaces it.
  const [status, value] =
    fault && !fault.did ? [200, {}] : state.answer(id, method, url.pathname, url.searchParams, body);
  if (status < 300 && (!fault || fault.did)) state.apply(id, number, method, headers["idempotency-key"], body);
  if (!fault || status >= 300) return respond(own, status, value);

  const text = value === undefined ? "" : JSON.stringify(value);
  let rest = text;
  return fault.answer({
    text,
    send: (status, body, headers) => respond(own, status, body, headers),
    reset,
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      response.once("close", () => clearTimeout(timer));
    },
    begin: (code = status) =>
      new Promise((resolve) => {
        arrival.status = code;
        const half = text.slice(0, text.length / 2);
        rest = text.slice(half.length);
        response.on("finish", () => {
          arrival.finished = true;
        });
        // These responses have no body.
        arrival.finished = method === "HEAD" || code === 204;
        response.writeHead(code, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
        response.flushHeaders();
        response.write(half || " ", () => resolve(undefined));
      }),
    finish: () => response.end(rest),
  });
}

function exceedsLimit() {
  const now = Date.now();
  if (now - window.began >= 1000) Object.assign(window, { began: now, count: 0 });
  window.count += 1;
  return window.count > LIMIT;
}

function respond({ response, arrival }, status, body, headers = {}) {
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
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      resolve(port);
    });
  });

/** Breaks every connection, and does not listen for a while. */
async function restart(port, ms) {
  server.close();
  for (const socket of sockets) socket[BROKEN] = true;
  server.closeAllConnections();
  await sleep(ms);
  for (let tries = 0; tries < 100; tries += 1) {
    // Meanwhile another process may use the port for a moment.
    const open = await listen(port).then(
      () => true,
      () => false,
    );
    if (open) return;
    await sleep(100);
  }
  throw new Error(`port ${port} is taken`);
}

async function play(port) {
  for (const { name, ms } of phases(seed)) {
    if (isEnding) break;
    statistics.phases[name] = (statistics.phases[name] ?? 0) + 1;
    phase = name;
    if (name === "restart") await restart(port, ms);
    else for (const until = Date.now() + ms; Date.now() < until && !isEnding; ) await sleep(50);
  }
  phase = "calm";
}

/** The number of connections that stay open after the load has ended. */
async function drained() {
  server.closeIdleConnections();
  const open = () =>
    new Promise((resolve) => {
      server.getConnections((error, count) => resolve(count));
    });
  for (const until = Date.now() + DRAIN_MS; Date.now() < until; ) {
    if ((await open()) === 0) return 0;
    await sleep(50);
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
  /** No call is in flight: no connection is needed. */
  quiet: () => {
    server.closeIdleConnections();
    return {};
  },
  async end() {
    isEnding = true;
    await playing;
    const connections = await drained();
    server.close();
    server.closeAllConnections();
    return { ledger: state.ledger(), strays: state.strays, connections, ...statistics };
  },
};
process.on("message", async (/** @type {string} */ step) => {
  process.send?.(await STEPS[step]());
});
// The parent process is gone, before the end or after it.
process.on("disconnect", () => process.exit(isEnding ? 0 : 1));
process.send?.({ url: `http://127.0.0.1:${port}` });
