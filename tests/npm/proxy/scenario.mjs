// The same requests, ordinary and hostile, to a server with the proxy in each runtime or framework.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { HOSTILE, UNRESOLVED } from "./attacks.mjs";
import { assertInert, json, KEY, ORDERS, raw, requestLine, serveApi, withDuplex } from "./setup.mjs";

/** Source text that creates the proxy of every server, with `baseUrl` and `apiKey` as variables. */
export const CREATE =
  "createProxy({ baseUrl, apiKey, maxBodyBytes: 1000, " +
  'authorize: ({ headers }) => headers.get("cookie") === "session=1" })';

const SESSION = "Cookie: session=1\r\n";

/**
 * Runs the scenario. `start` starts the server and returns its URL.
 *
 * @param {import("node:test").TestContext} t
 * @param {(baseUrl: string, apiKey: string) => Promise<string>} start
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
  /**
   * @param {BodyInit} body
   * @param {Record<string, string>} [more] headers
   */
  const post = (body, more) =>
    fetch(
      url + ORDERS,
      withDuplex({
        method: "POST",
        body,
        headers: { cookie: "session=1", "content-type": "application/json", ...more },
      }),
    );
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
  const assertError = async (response, status, code) =>
    assert.deepEqual([response.status, (await response.json()).code], [status, code]);
  await assertError(await fetch(url + ORDERS), 401, "UNAUTHORIZED");
  await assertError(await post(body, { "sec-fetch-site": "cross-site" }), 403, "CROSS_ORIGIN_REQUEST");
  await assertError(await post(body, { origin: "https://attacker.example" }), 403, "CROSS_ORIGIN_REQUEST");
  await assertError(await post("x".repeat(1001)), 413, "PAYLOAD_TOO_LARGE");
  await assertError(await post(new Blob(["x".repeat(600), "x".repeat(600)]).stream()), 413, "PAYLOAD_TOO_LARGE");
  assert.deepEqual([...requests], []);

  const results = await Promise.all(
    HOSTILE.map(async (target) => {
      const { status } = await raw(url, requestLine(target, { host: new URL(url).host, headers: SESSION }));
      return { target, status };
    }),
  );
  // Next.js itself redirects paths with repeated or trailing slashes, and responds with 500 to invalid UTF-8 escapes.
  assert.deepEqual(
    results.filter(({ status }) => !(status >= 300)),
    [],
    "not rejected",
  );
  assert.deepEqual([...requests], [], "hostile targets reached the API");
  // A runtime resolves or rejects these; the proxy receives the resolved ones. Next.js changes `?x` to `?x=`.
  await Promise.all(
    UNRESOLVED.map((target) => raw(url, requestLine(target, { host: new URL(url).host, headers: SESSION }))),
  );
  assert.deepEqual(
    [...new Set(requests.map(({ path }) => path.replace(/\?x=?$/, "")))].filter((path) => path !== "/api/v1/orders"),
    [],
  );
}

/**
 * Starts a program that prints its port as its first line; it is stopped when the test ends.
 *
 * @param {import("node:test").TestContext} t
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<string>} its URL
 */
export async function startProgram(t, program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const port = await new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.trim()));
    ended.then(() => reject(new Error(`the program exited\n${stderr}`)));
  });
  return `http://127.0.0.1:${port}`;
}
