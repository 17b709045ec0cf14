// A server of the API for the pages of an app: its jobs are done at the third look, and its searches change all the time.

import { createServer } from "node:http";

/** Listens, and tells what it was asked: `{ url, asked, close }`. */
export async function serveJobs() {
  const asked = [];
  const looks = new Map();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const path = request.url.replace("/api/v1", "");
    asked.push(`${request.method} ${path}`);
    const json = (value, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const count = (looks.get(path) ?? 0) + 1;
    looks.set(path, count);
    if (path.startsWith("/orders/"))
      json({ id: path.slice(8), status: count < 3 ? "IN_PROGRESS" : "COMPLETED", looks: count });
    else if (path === "/auth/validate") json({ valid: true, scopes: [] });
    else if (path === "/refused") json({ code: "UNAUTHORIZED", message: "no" }, 401);
    // Somebody else changes it after each read: the first change comes too late.
    else if (request.method === "GET") json({ id: "s", version: count });
    else if (JSON.parse(body).version === 1) json({ code: "CONFLICT", message: "changed" }, 409);
    else json({ id: "s", version: 9, name: JSON.parse(body).name });
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close };
}
