// The server in a separate process, so that its CPU time does not count for the client. Its first argument is its
// behavior; it sends its port, replies to "counts", and exits with its parent or after a time limit.

import { createServer } from "node:http";
import { behavior } from "./behavior.mjs";
import { createCounts } from "./counts.mjs";

const MAX_MS = 600_000;
const BACKLOG = 4096;

const responseAt = behavior(JSON.parse(process.argv[2]));
const { counts, arrived, responded } = createCounts();
const now = () => performance.timeOrigin + performance.now();

const server = createServer((request, response) => {
  const at = now();
  const call = request.url?.split("?call=")[1] ?? null;
  arrived(at, call);
  const planned = responseAt(at);
  if (planned === null) return;
  response.writeHead(planned.status, planned.headers);
  response.end(planned.body);
  responded(now(), call, planned.status, planned.waitMs);
});
// If the server closed a connection that a client reuses, the measurement itself would cause a failure.
server.keepAliveTimeout = MAX_MS;
server.requestTimeout = 0;

server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  process.send?.({ port });
});
process.on("message", () => process.send?.({ counts }));
process.on("disconnect", () => process.exit());
setTimeout(() => process.exit(1), MAX_MS).unref();
