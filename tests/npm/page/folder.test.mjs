// The page's folder, its server, and the demo that starts it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { servePage } from "../../../www/demo/serve.mjs";
import { serveFolder } from "./visit.mjs";

/** @param {import("node:test").TestContext} t */
async function serve(t) {
  const site = await serveFolder();
  t.after(site.close);
  return site;
}

/**
 * Sends what a browser does not: any `Host` header and any path.
 *
 * @param {string} url
 * @param {{path?: string, host?: string, method?: string}} [options]
 * @returns {Promise<{status?: number, headers: import("node:http").IncomingHttpHeaders, text: string}>}
 */
function send(url, { path = "/", host, method = "GET" } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, method, headers: host ? { host } : {} }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (chunk) => {
          text += chunk;
        })
        .on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .once("error", reject)
      .end();
  });
}

test("the folder has the page and the package, and no build files", async (t) => {
  const { folder } = await serve(t);
  const names = await readdir(folder);
  assert.deepEqual(names.sort(), [
    "app.js",
    "errors",
    "explorer",
    "icon.svg",
    "index.html",
    "lab",
    "openprospect",
    "styles",
    "ui",
  ]);
  const html = await readFile(join(folder, "index.html"), "utf8");
  assert.doesNotMatch(html, /(?:src|href)="https?:/);
});

test("the parameters of every operation come from the types, with their ranges", async (t) => {
  const { folder } = await serve(t);
  const operations = JSON.parse(await readFile(join(folder, "openprospect/operations.json"), "utf8"));
  const parameters = Object.fromEntries(operations.map((operation) => [operation.key, operation]));
  assert.equal(operations.length, 31);
  for (const { key, ids, input, doc, parameters: own } of operations) {
    assert.equal(own.length, ids.length + (input === null ? 0 : 1), key);
    assert.ok(doc.length > 5, key);
  }
  const [{ fields }] = parameters["companies.list"].parameters;
  const field = (name) => fields.find((one) => one.name === name);
  assert.deepEqual([field("limit").min, field("limit").max, field("limit").default], [1, 100, "50"]);
  assert.deepEqual([field("min_match_score").min, field("min_match_score").max], [0, 10]);
  assert.deepEqual(field("review_status").known, ["accepted", "rejected", "pending"]);
  const [order] = parameters["orders.create"].parameters;
  assert.deepEqual([order.kind, order.of.map(({ name }) => name)], ["either", ["DiscoveryOrder", "EnrichmentOrder"]]);
  assert.equal(
    order.of[0].fields.some(({ name }) => name === "companies"),
    false,
  );
  const [, changes] = parameters["blacklists.update"].parameters;
  assert.ok(changes.fields.every(({ optional }) => optional));
});

test("the server sends the policy of the page, and rejects other hosts, methods and paths", async (t) => {
  const { url } = await serve(t);
  const { status, headers, text } = await send(url);
  assert.equal(status, 200);
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? "";
  assert.equal(headers["content-security-policy"], `${policy}; frame-ancestors 'none'`);
  for (const directive of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "form-action 'none'",
    "base-uri 'none'",
  ])
    assert.ok(policy.includes(directive), directive);
  assert.equal((await send(url, { path: "/lab/worker.js" })).headers["content-type"], "text/javascript; charset=utf-8");
  for (const request of [
    { host: "elsewhere.example" },
    { path: "/../package.json" },
    { path: "/%2e%2e/%2e%2e/etc/passwd" },
    { path: "/missing" },
    { path: "/%" },
    { path: "/%00" },
    { method: "POST" },
  ]) {
    assert.equal((await send(url, request)).status, 404, JSON.stringify(request));
  }
});

test("the server reports that it is idle, some time after the last request", async (t) => {
  const { folder } = await serve(t);
  const { url, idle, close } = await servePage(folder, { idleMs: 300 });
  t.after(close);
  const startedAt = performance.now();
  await new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
  await send(url);
  await idle;
  assert.ok(performance.now() - startedAt >= 440);
});

test("the demo prints its tables, serves the page, and stops on a signal", async () => {
  const { OPENPROSPECT_API_KEY: _, ...env } = process.env;
  const demo = spawn("node", [fileURLToPath(new URL("../../../www/demo.mjs", import.meta.url)), "--no-open"], { env });
  const exitCode = new Promise((resolve) => {
    demo.once("close", resolve);
  });
  const timeout = setTimeout(() => demo.kill("SIGKILL"), 60_000);
  let text = "";
  let isServed = false;
  for await (const chunk of demo.stdout.setEncoding("utf8")) {
    text += chunk;
    const [, url] = /The page is at (\S+)\n/.exec(text) ?? [];
    // The text after the URL may arrive later.
    if (url === undefined || isServed) continue;
    isServed = true;
    assert.match((await send(url)).text, /<title>openprospect<\/title>/);
    demo.kill("SIGINT");
  }
  assert.equal(await exitCode, 0);
  clearTimeout(timeout);
  assert.match(text, /All \d+ rows match the vendor's tables/);
});

test("the demo exits with 2 on an invalid argument", async () => {
  for (const args of [["--unknown"], ["--port", "x"], ["--port", "70000"]]) {
    const demo = spawn("node", [fileURLToPath(new URL("../../../www/demo.mjs", import.meta.url)), ...args], {
      stdio: "ignore",
    });
    assert.equal(
      await new Promise((resolve) => {
        demo.once("close", resolve);
      }),
      2,
    );
  }
});
