// A server of the API for the pages of an app: its jobs complete at the third poll, and its searches change constantly.

import { once } from "node:events";
import { createServer } from "node:http";

/** Starts the server; `requests` are the methods and paths that it received. */
export async function serveJobs() {
  /** @type {string[]} */
  const requests = [];
  const polls = new Map();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = (request.url ?? "").replace("/api/v1", "");
    requests.push(`${request.method} ${path}`);
    const json = (value, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const count = (polls.get(path) ?? 0) + 1;
    polls.set(path, count);
    if (path.startsWith("/orders/"))
      json({ id: path.slice(8), status: count < 3 ? "IN_PROGRESS" : "COMPLETED", polls: count });
    else if (path === "/auth/validate") json({ valid: true, scopes: [] });
    else if (path === "/refused") json({ code: "UNAUTHORIZED", message: "no" }, 401);
    // Another client changes it after each read: the first change is a conflict.
    else if (request.method === "GET") json({ id: "s", version: count });
    else if (JSON.parse(body).version === 1) json({ code: "CONFLICT", message: "changed" }, 409);
    else json({ id: "s", version: 9, name: JSON.parse(body).name });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { url: `http://127.0.0.1:${port}`, requests, close };
}
