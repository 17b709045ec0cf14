// The folder that is served, and its server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { servePage } from "../../../www/demo/serve.mjs";
import { serveFolder } from "./visit.mjs";

async function folder(t) {
  const site = await serveFolder();
  t.after(site.close);
  return site;
}

/** As a program asks that is no browser: with any host and any path. */
function ask(url, { path = "/", host, method = "GET" } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, method, headers: host && { host } }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part) => {
          text += part;
        })
        .on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .once("error", reject)
      .end();
  });
}

test("the folder has the page and the package, and nothing of the making", async (t) => {
  const { folder: place } = await folder(t);
  const names = await readdir(place);
  assert.deepEqual(names.sort(), [
    "app.js",
    "errors",
    "explorer",
    "icon.svg",
    "index.html",
    "lab",
    "openprospect",
    "parts",
    "styles",
  ]);
  const html = await readFile(join(place, "index.html"), "utf8");
  assert.doesNotMatch(html, /(?:src|href)="https?:/);
});

test("the parameters of every operation come from the types, with their ranges", async (t) => {
  const { folder: place } = await folder(t);
  const operations = JSON.parse(await readFile(join(place, "openprospect/operations.json"), "utf8"));
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

test("the server sends the page's own policy, and answers to its own name alone", async (t) => {
  const { url } = await folder(t);
  const { status, headers, text } = await ask(url);
  assert.equal(status, 200);
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(text);
  assert.equal(headers["content-security-policy"], `${policy}; frame-ancestors 'none'`);
  for (const word of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "form-action 'none'",
    "base-uri 'none'",
  ])
    assert.ok(policy.includes(word), word);
  assert.equal((await ask(url, { path: "/lab/worker.js" })).headers["content-type"], "text/javascript; charset=utf-8");
  for (const wrong of [
    { host: "elsewhere.example" },
    { path: "/../package.json" },
    { path: "/%2e%2e/%2e%2e/etc/passwd" },
    { path: "/nothing" },
    { path: "/%" },
    { path: "/%00" },
    { method: "POST" },
  ]) {
    assert.equal((await ask(url, wrong)).status, 404, JSON.stringify(wrong));
  }
});

test("the server tells when nobody has asked for a while", async (t) => {
  const { folder: place } = await folder(t);
  const { url, idle, close } = await servePage(place, { idleMs: 300 });
  t.after(close);
  const began = performance.now();
  await new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
  await ask(url);
  await idle;
  assert.ok(performance.now() - began >= 440);
});

test("the demo walks, serves the page, and ends by a signal", async () => {
  const { OPENPROSPECT_API_KEY: _, ...env } = process.env;
  const demo = spawn("node", [fileURLToPath(new URL("../../../www/demo.mjs", import.meta.url)), "--no-open"], { env });
  const ended = new Promise((resolve) => {
    demo.once("close", resolve);
  });
  const late = setTimeout(() => demo.kill("SIGKILL"), 60_000);
  let text = "";
  let isAsked = false;
  for await (const part of demo.stdout.setEncoding("utf8")) {
    text += part;
    const [, url] = /The page is at (\S+)\n/.exec(text) ?? [];
    // What it prints after the address may come as a part of its own.
    if (url === undefined || isAsked) continue;
    isAsked = true;
    assert.match((await ask(url)).text, /<title>openprospect<\/title>/);
    demo.kill("SIGINT");
  }
  assert.equal(await ended, 0);
  clearTimeout(late);
  assert.match(text, /All \d+ rows came out as the vendor's tables say/);
});

test("the demo refuses what it does not know", async () => {
  for (const wrong of [["--nothing"], ["--port", "x"], ["--port", "70000"]]) {
    const demo = spawn("node", [fileURLToPath(new URL("../../../www/demo.mjs", import.meta.url)), ...wrong], {
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
