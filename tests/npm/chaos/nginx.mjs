// nginx as a reverse proxy in front of the mock, in the foreground, with a temporary folder.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../helpers/setup.mjs";

const ACCESS = `
      add_header access-control-allow-origin * always;
      add_header access-control-allow-headers "*, authorization, content-type, idempotency-key" always;
      add_header access-control-allow-methods "GET, POST" always;
      add_header access-control-max-age 600 always;
      if ($request_method = OPTIONS) { return 204; }`;

/** A location with its own directives. The mock's CORS headers are replaced. */
const location = (name, own, upstream = "http://mock/api/v1/orders") => `
    location = /${name} {${ACCESS}
      proxy_hide_header access-control-allow-origin;
      proxy_pass ${upstream};
      ${own}
    }`;

const config = (port, { mock, dead, stalled }) => `
daemon off;
master_process off;
pid nginx.pid;
error_log error.log crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 100k;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  limit_req_zone $uri zone=busy:1m rate=1r/m;
  limit_req_zone $uri zone=limited:1m rate=100r/s;
  limit_req_zone $uri zone=strict:1m rate=1r/m;
  upstream mock { server ${mock}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    ${location("dead", "", `http://${dead}/`)}
    ${location("stalled", "proxy_read_timeout 200ms;", `http://${stalled}`)}
    ${location("busy", "limit_req zone=busy;")}
    ${location("strict", "limit_req zone=strict; limit_req_status 429;")}
    ${location("limited", "limit_req zone=limited burst=5 nodelay; limit_req_status 429;")}
    ${location("closing", "keepalive_requests 3; keepalive_timeout 30ms;")}
    ${location("ok", "")}
  }
}
`;

/** Starts nginx with the addresses of its upstreams, until the test ends. */
export async function startNginx(t, folder, upstreams) {
  const program = process.env.NGINX;
  assert.ok(program, "set NGINX to the path of nginx, as `cargo xtask test` does");
  const prefix = join(folder, "nginx");
  await mkdir(prefix, { recursive: true });
  const port = await freePort();
  await writeFile(join(prefix, "nginx.conf"), config(port, upstreams));
  // It exits with the parent process: the shell then reads the end of its input.
  const child = spawn(
    "sh",
    [
      "-c",
      '"$@" < /dev/null & read -r _; kill -9 $!',
      "sh",
      program,
      "-p",
      `${prefix}/`,
      "-c",
      "nginx.conf",
      "-e",
      "error.log",
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const exited = new Promise((resolve) => {
    child.once("close", resolve).once("error", (error) => {
      stderr += error;
    });
  });
  t.after(async () => {
    child.stdin.end();
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, () => stderr);
  return url;
}

async function untilReady(url, child, stderr) {
  for (let polls = 0; polls < 500; polls += 1) {
    if (child.exitCode !== null) break;
    if (
      await fetch(`${url}/nothing`).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  throw new Error(`nginx does not respond: ${stderr()}`);
}
