// nginx as a proxy before the mock, in the foreground, with a folder of its own.

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

/** Of each place what is its own; the rest of a path goes on to the mock, which answers to pages too. */
const place = (name, own, upstream = "http://mock/api/v1/orders") => `
    location = /${name} {${ACCESS}
      proxy_hide_header access-control-allow-origin;
      proxy_pass ${upstream};
      ${own}
    }`;

const config = (port, { mock, dead, silent }) => `
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
  limit_req_zone $uri zone=refused:1m rate=1r/m;
  upstream mock { server ${mock}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    ${place("dead", "", `http://${dead}/`)}
    ${place("silent", "proxy_read_timeout 200ms;", `http://${silent}`)}
    ${place("busy", "limit_req zone=busy;")}
    ${place("refused", "limit_req zone=refused; limit_req_status 429;")}
    ${place("limited", "limit_req zone=limited burst=5 nodelay; limit_req_status 429;")}
    ${place("closing", "keepalive_requests 3; keepalive_timeout 30ms;")}
    ${place("well", "")}
  }
}
`;

/** Starts it with the addresses of what is behind it. */
export async function startNginx(t, folder, behind) {
  const program = process.env.NGINX;
  assert.ok(program, "set NGINX to the path of nginx, as `cargo xtask test` does");
  const prefix = join(folder, "nginx");
  await mkdir(prefix, { recursive: true });
  const port = await freePort();
  await writeFile(join(prefix, "nginx.conf"), config(port, behind));
  // It ends with whoever started it: the shell then has nothing more to read.
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
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => {
    child.once("close", resolve).once("error", (error) => {
      said += error;
    });
  });
  t.after(async () => {
    child.stdin.end();
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child, () => said);
  return url;
}

async function answering(url, child, said) {
  for (let turns = 0; turns < 500; turns += 1) {
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
  throw new Error(`nginx does not answer: ${said()}`);
}
