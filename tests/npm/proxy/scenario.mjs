// One server with the proxy in some runtime or framework: the same requests to each, ordinary and hostile, by raw socket.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { HOSTILE, UNRESOLVED } from "./attacks.mjs";
import { assertInert, json, KEY, ORDERS, raw, requestLine, serveApi } from "./setup.mjs";

/** How every server of the scenario makes its proxy: as source text, with `baseUrl` and `apiKey` as variables. */
export const CREATE = `createProxy({ baseUrl, apiKey, maxBodyBytes: 1000, authorize: ({ headers }) => headers.get("cookie") === "session=1" })`;

const SESSION = "Cookie: session=1\r\n";

/**
 * Plays the scenario. `start(baseUrl, apiKey)` starts the server and gives its URL.
 */
export async function playScenario(t, start) {
  const { url: baseUrl, requests } = await serveApi(
    t,
    json({ ok: true, echo: KEY }, 200, { "x-request-id": "r", "set-cookie": "a=1", "content-type": "text/html" }),
  );
  const url = await start(baseUrl, KEY);

  const response = await fetch(`${url}${ORDERS}?limit=1`, { headers: { cookie: "session=1", "x-custom": "1" } });
  assert.deepEqual([response.status, await response.text()], [200, '{"ok":true,"echo":"[redacted]"}']);
  const headers = Object.fromEntries(response.headers);
  assertInert(headers);
  assert.deepEqual([headers["x-request-id"], headers["content-type"]], ["r", "text/plain; charset=utf-8"]);
  const body = JSON.stringify({ name: "Größe" });
  const post = (body, more) =>
    fetch(url + ORDERS, {
      method: "POST",
      body,
      duplex: "half",
      headers: { cookie: "session=1", "content-type": "application/json", ...more },
    });
  assert.equal((await post(body)).status, 200);
  assert.deepEqual(
    requests.map(({ method, path, body, headers }) => [
      method,
      path,
      body,
      headers.authorization,
      headers.cookie,
      headers["x-custom"],
    ]),
    [
      ["GET", "/api/v1/orders?limit=1", "", `Bearer ${KEY}`, undefined, undefined],
      ["POST", "/api/v1/orders", body, `Bearer ${KEY}`, undefined, undefined],
    ],
  );

  requests.length = 0;
  const refused = async (response, status, code) =>
    assert.deepEqual([response.status, (await response.json()).code], [status, code]);
  await refused(await fetch(url + ORDERS), 401, "UNAUTHORIZED");
  await refused(await post(body, { "sec-fetch-site": "cross-site" }), 403, "CROSS_ORIGIN_REQUEST");
  await refused(await post(body, { origin: "https://attacker.example" }), 403, "CROSS_ORIGIN_REQUEST");
  await refused(await post("x".repeat(1001)), 413, "PAYLOAD_TOO_LARGE");
  await refused(await post(new Blob(["x".repeat(600), "x".repeat(600)]).stream()), 413, "PAYLOAD_TOO_LARGE");
  assert.deepEqual(requests, []);

  const results = await Promise.all(
    HOSTILE.map(async (target) => [
      target,
      (await raw(url, requestLine(target, { host: new URL(url).host, headers: SESSION }))).status,
    ]),
  );
  // Next.js itself redirects paths with repeated or trailing slashes, and answers 500 to escapes that are not UTF-8.
  assert.deepEqual(
    results.filter(([, status]) => !(status >= 300)),
    [],
    "not refused",
  );
  assert.deepEqual(requests, [], "hostile targets reached the API");
  // A runtime resolves these, or refuses them; the proxy sees what is left. Next.js writes `?x` as `?x=`.
  await Promise.all(
    UNRESOLVED.map((target) => raw(url, requestLine(target, { host: new URL(url).host, headers: SESSION }))),
  );
  assert.deepEqual(
    [...new Set(requests.map(({ path }) => path.replace(/\?x=?$/, "")))].filter((path) => path !== "/api/v1/orders"),
    [],
  );
}

/** Starts a program that prints its port as its first line, until the test ends. */
export async function startProgram(t, program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const port = await new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.trim()));
    ended.then(() => reject(new Error(`it has ended\n${said}`)));
  });
  return `http://127.0.0.1:${port}`;
}
