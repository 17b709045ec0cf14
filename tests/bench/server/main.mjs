// The server in a process of its own, so that its work is not the client's. It is told how to behave in its first
// argument, says its port, answers "counts", and ends with its parent or after a time.

import { createServer } from "node:http";
import { behaviour } from "./behaviour.mjs";
import { createCounts } from "./counts.mjs";

const LONGEST_MS = 600_000;
const BACKLOG = 4096;

const answerAt = behaviour(JSON.parse(process.argv[2]));
const { counts, arrived, answered } = createCounts();
const now = () => performance.timeOrigin + performance.now();

const server = createServer((request, response) => {
  const at = now();
  const call = request.url.split("?call=")[1] ?? null;
  arrived(at, call);
  const answer = answerAt(at);
  if (answer === null) return;
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
  answered(now(), call, answer.status, answer.waitMs);
});
// A connection closed while a client sends on it would be a failure of the measurement's own.
server.keepAliveTimeout = LONGEST_MS;
server.requestTimeout = 0;

server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () => process.send({ port: server.address().port }));
process.on("message", () => process.send({ counts }));
process.on("disconnect", () => process.exit());
setTimeout(() => process.exit(1), LONGEST_MS).unref();
