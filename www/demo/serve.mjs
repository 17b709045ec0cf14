// Serves the page's folder on loopback, until nobody has asked for anything for a while.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
};
const HOST = "127.0.0.1";
const POLICY = /http-equiv="Content-Security-Policy" content="([^"]+)"/;
/** A name that leads to loopback from elsewhere has no business here. */
const OWN = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

/**
 * @param {string} folder
 * @param {{port?: number, idleMs?: number}} [options]
 * @returns {Promise<{url: string, idle: Promise<void>, close: () => Promise<void>}>} `idle` is told once
 */
export async function servePage(folder, { port = 0, idleMs = Infinity } = {}) {
  const [, policy] = POLICY.exec(await readFile(join(folder, "index.html"), "utf8"));
  const headers = {
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
  let timer;
  let idled;
  const idle = new Promise((resolve) => {
    idled = resolve;
  });
  const wait = () => {
    clearTimeout(timer);
    if (idleMs !== Infinity) timer = setTimeout(idled, idleMs);
  };
  const server = createServer(async (request, response) => {
    wait();
    const file = fileOf(folder, request);
    const content = file && (await readFile(file).catch(() => undefined));
    if (content === undefined)
      response.writeHead(404, { ...headers, "content-type": "text/plain" }).end("There is nothing here.\n");
    else
      response
        .writeHead(200, { ...headers, "content-type": TYPES[extname(file)] ?? "text/plain" })
        .end(request.method === "HEAD" ? undefined : content);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  wait();
  const close = async () => {
    clearTimeout(timer);
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { url: `http://${HOST}:${server.address().port}/`, idle, close };
}

function fileOf(folder, { method, url, headers }) {
  if (!["GET", "HEAD"].includes(method) || !OWN.test(headers.host ?? "")) return undefined;
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://x").pathname));
    const file = join(folder, path.endsWith(sep) ? `${path}index.html` : path);
    return file.startsWith(folder + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}
