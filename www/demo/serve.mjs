// Serves the page's folder on loopback.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".json", "application/json"],
  [".svg", "image/svg+xml"],
  [".ts", "text/plain; charset=utf-8"],
]);
const HOST = "127.0.0.1";
const POLICY = /http-equiv="Content-Security-Policy" content="([^"]+)"/;
/** Other hosts are rejected, against DNS rebinding: a name of another site that resolves to loopback. */
const ALLOWED_HOST = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

/**
 * @param {string} folder
 * @param {{port?: number, idleMs?: number}} [options]
 * @returns {Promise<{url: string, idle: Promise<void>, close: () => Promise<void>}>} `idle` resolves after `idleMs`
 *   without a request
 */
export async function servePage(folder, { port = 0, idleMs = Infinity } = {}) {
  const policy = POLICY.exec(await readFile(join(folder, "index.html"), "utf8"))?.[1];
  if (policy === undefined) throw new Error(`${folder}/index.html has no Content-Security-Policy`);
  const headers = {
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let setIdle = () => {};
  /** @type {Promise<void>} */
  const idle = new Promise((resolve) => {
    setIdle = resolve;
  });
  const restartTimer = () => {
    clearTimeout(timer);
    if (idleMs !== Infinity) timer = setTimeout(setIdle, idleMs);
  };
  const server = createServer(async (request, response) => {
    restartTimer();
    const file = fileOf(folder, request);
    const content = file && (await readFile(file).catch(() => undefined));
    if (file === undefined || content === undefined)
      response.writeHead(404, { ...headers, "content-type": "text/plain" }).end("Not found.\n");
    else
      response
        .writeHead(200, { ...headers, "content-type": TYPES.get(extname(file)) ?? "text/plain" })
        .end(request.method === "HEAD" ? undefined : content);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => resolve(undefined));
  });
  restartTimer();
  const close = async () => {
    clearTimeout(timer);
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://${HOST}:${address.port}/`, idle, close };
}

/**
 * @param {string} folder
 * @param {import("node:http").IncomingMessage} request
 * @returns {string | undefined} undefined if the request is not for a file of the folder
 */
function fileOf(folder, { method = "", url = "", headers }) {
  if (!["GET", "HEAD"].includes(method) || !ALLOWED_HOST.test(headers.host ?? "")) return undefined;
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://x").pathname));
    const file = join(folder, path.endsWith(sep) ? `${path}index.html` : path);
    return file.startsWith(folder + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}
