import { createServer } from "node:http";

/** Gives a client time to read what was sent: some systems drop unread bytes when a reset arrives. */
const BEFORE_RESET_MS = 10;

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;

async function readRequest(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { host = "localhost" } = request.headers;
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return {
    method: request.method,
    url: new URL(request.url.startsWith("/") ? `http://${host}${request.url}` : request.url),
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

/**
 * Executes one plan on a socket. `turn.timer` is the only timer; `turn.ours` means that the mock ended the connection.
 */
function act({ plan, record }, response, turn) {
  const { status, headers, bytes, ending } = plan;
  const reset = () => {
    turn.ours = true;
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
  if (ending.kind === "reset") turn.timer = setTimeout(reset, BEFORE_RESET_MS);
}

/**
 * Serves a mock on a loopback address.
 *
 * @param {(incoming: object) => {plan: object, record: object}} answer
 * @param {{port?: number, host?: string}} [where]
 */
export async function listen(answer, { port = 0, host = "127.0.0.1" } = {}) {
  if (!LOOPBACK.test(host)) throw new TypeError(`serve: host must be a loopback address, not ${host}`);
  const sockets = new Set();
  let closing;

  async function handle(request, response) {
    const turn = { timer: undefined, ours: false, left: false, answered: undefined };
    response.sendDate = false;
    response.on("error", () => {});
    response.once("close", () => {
      clearTimeout(turn.timer);
      turn.left = !response.writableFinished && !turn.ours && !closing;
      if (turn.left && turn.answered) turn.answered.record.aborted = true;
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
      turn.answered = answer(incoming);
    } catch (error) {
      // A fault function of the test can throw; this response reports the error to the test.
      response.writeHead(500, { "content-type": "text/plain" }).end(`The mock could not answer: ${error}`);
      return;
    }
    const { plan, record } = turn.answered;
    record.aborted = turn.left;
    if (turn.left) return;
    if (plan.delayMs > 0) turn.timer = setTimeout(act, plan.delayMs, turn.answered, response, turn);
    else act(turn.answered, response, turn);
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
    server.listen(port, host, resolve);
  });

  const close = () => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closing;
  };
  const actual = server.address().port;
  const name = host.includes(":") ? `[${host}]` : host;
  const served = { url: `http://${name}:${actual}`, port: actual, close };
  if (Symbol.asyncDispose) served[Symbol.asyncDispose] = close;
  return served;
}
