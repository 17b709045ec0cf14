// A page in Chromium: no bundler, a strict policy, and the API at another origin.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";
import { listen, nobody, PACKAGE, serve, TEST_KEYS } from "./help.mjs";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const html = (script) => `<!doctype html><meta charset="utf-8"><title>test</title>${script}`;
const PAGE = html('<script type="module" src="/page.js"></script>');
const BUNDLED = html('<script src="/bundle.js"></script>');

let browser;
before(async () => {
  const { CHROMIUM } = process.env;
  assert.ok(CHROMIUM, "set CHROMIUM to the path of the browser, as `cargo xtask test` does");
  browser = await puppeteer.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
});
after(() => browser?.close());

async function bundle() {
  const entry = { contents: 'import * as own from "./index.js"; globalThis.own = own;', resolveDir: fileURLToPath(PACKAGE) };
  const { outputFiles } = await build({ stdin: entry, bundle: true, minify: true, format: "iife", write: false, logLevel: "silent" });
  return outputFiles[0].contents;
}

/** Serves the files; a page's policy is in its path. */
async function site(t) {
  const files = { "/page.js": () => readFile(new URL("browser/page.js", import.meta.url)), "/bundle.js": bundle };
  return listen(t, async (request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    if (pathname.endsWith(".html")) {
      const policy = pathname === "/without.html" ? POLICY.replace(" 'wasm-unsafe-eval'", "") : POLICY;
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy });
      response.end(pathname === "/bundled.html" ? BUNDLED : PAGE);
      return;
    }
    const read = files[pathname] ?? (pathname.startsWith("/pkg/") && (() => readFile(new URL(pathname.slice(5), PACKAGE))));
    if (!read) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/javascript" });
    response.end(await read());
  });
}

/** A page, what calls its steps, and what its console said. */
async function open(t, path, ready = "globalThis.steps") {
  const [origin, { mock, url }] = await Promise.all([site(t), serve(t)]);
  const page = await browser.newPage();
  t.after(() => page.close());
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`thrown: ${error}`));
  await page.goto(origin + path);
  await page.waitForFunction(ready, { timeout: 10_000 });
  const given = { apiKey: TEST_KEYS.full, baseUrl: url };
  const step = (name, more) => page.evaluate((name, given) => globalThis.steps[name](given), name, { ...given, ...more });
  return { mock, url, page, origin, step, said };
}

describe("a page without a bundler", () => {
  test("lists, and sends JSON", async (t) => {
    const { mock, origin, step, said } = await open(t, "/page.html");
    const { value } = await step("list");
    assert.equal(value.items.length, 2);
    assert.equal(value.total, 25);
    assert.equal((await step("post")).value.title, "ü");
    const [first, second] = mock.requests;
    assert.deepEqual([first.headers.origin, first.headers.authorization], [origin, `Bearer ${TEST_KEYS.full}`]);
    assert.deepEqual([second.body, second.headers["idempotency-key"]], [{ title: "ü" }, "k-1"]);
    assert.deepEqual(said, []);
  });

  test("gets errors of their class", async (t) => {
    const { mock, step, said } = await open(t, "/page.html");
    mock.fail(404);
    const error = await step("get");
    assert.deepEqual(error.classes.sort(), ["ApiError", "NotFoundError", "OpenProspectError"]);
    assert.deepEqual([error.known, error.isError, error.code, error.requestId], [true, true, "ORDER_NOT_FOUND", "req_000001"]);
    assert.ok(error.resolution.includes("GET /api/v1/orders"));
    // The browser's own line about the answer.
    assert.deepEqual(said.filter((line) => !/^error: Failed to load resource: .* 404/.test(line)), []);
  });

  test("waits as told, read across origins", async (t) => {
    const { mock, step } = await open(t, "/page.html");
    mock.fail({ status: 503, retryAfter: "0.5" }, { status: 429, retryAfter: { date: 1000 }, clockSkewMs: 3_600_000 });
    const [first, second, third] = await step("waits");
    assert.deepEqual([first.status, first.waitReason, second.status, second.waitReason, third], [503, "retry_after", 429, "retry_after", { status: 200 }]);
    const { requests } = mock;
    assert.ok(requests[1].at - requests[0].at >= 500 && requests[2].at - requests[1].at >= 1000);
    assert.ok(first.waitMs < 600 && second.waitMs < 1200);
  });

  test("stops at once when aborted", async (t) => {
    const { mock, step } = await open(t, "/page.html");
    for (const stall of ["headers", "body"]) {
      mock.fail({ stall });
      const { same, afterMs } = await step("abort");
      assert.ok(same);
      assert.ok(afterMs >= 195 && afterMs < 260, `${afterMs} ms`);
    }
    assert.equal(mock.requests.length, 2);
  });

  test("times out", async (t) => {
    const { mock, step } = await open(t, "/page.html");
    for (const stall of ["headers", "body"]) {
      mock.fail({ stall });
      const error = await step("get", { timeoutMs: 300, maxRetries: 0 });
      assert.deepEqual([error.name, error.scope], ["TimeoutError", "attempt"]);
      assert.ok(error.attempts[0].durationMs >= 300 && error.attempts[0].durationMs <= 400);
    }
  });

  test("does not follow a redirect", async (t) => {
    const { mock, origin, step } = await open(t, "/page.html");
    for (const redirect of ["/api/v1/blacklists", `${origin}/page.js`]) {
      mock.fail({ redirect });
      const error = await step("get");
      assert.deepEqual([error.name, error.code, error.stoppedBy], ["ApiError", "UNEXPECTED_REDIRECT", "not_retryable"]);
    }
    assert.equal(mock.requests.length, 2);
  });

  test("a refused connection is a connection error", async (t) => {
    const { step } = await open(t, "/page.html");
    const error = await step("get", { baseUrl: await nobody(), maxRetries: 0 });
    assert.deepEqual([error.name, error.cause.name], ["ConnectionError", "TypeError"]);
  });

  test("refuses a live key, unless it is allowed", async (t) => {
    const { mock, step } = await open(t, "/page.html");
    const error = await step("make", { apiKey: "lnc_live_made_up" });
    assert.deepEqual([error.name, error.option], ["ConfigurationError", "apiKey"]);
    assert.match(error.allowed, /allowLiveKeyInBrowser/);
    assert.deepEqual(await step("make", { apiKey: "lnc_live_made_up", allowLiveKeyInBrowser: true }), { value: true });
    assert.equal(mock.requests.length, 0);
  });

  test("takes a relative base URL, and the page's own query for nothing", async (t) => {
    const { step } = await open(t, "/page.html?a=1");
    const error = await step("get", { baseUrl: "/nowhere", apiKey: undefined });
    assert.deepEqual([error.name, error.path], ["NotFoundError", "/api/v1/orders"]);
  });
});

test("without 'wasm-unsafe-eval' the error names it", async (t) => {
  const { mock, step } = await open(t, "/without.html");
  const error = await step("make");
  assert.deepEqual([error.name, error.kind, error.known], ["ConfigurationError", "configuration", true]);
  assert.match(error.text, /'wasm-unsafe-eval'/);
  assert.deepEqual((await step("make")).name, "ConfigurationError");
  assert.equal(mock.requests.length, 0);
});

test("one bundled script", async (t) => {
  const { url, page, said } = await open(t, "/bundled.html", "globalThis.own");
  const total = await page.evaluate(async (options) => {
    const client = new globalThis.own.OpenProspect(options);
    return (await client.orders.list()).total;
  }, { apiKey: TEST_KEYS.full, baseUrl: url });
  assert.equal(total, 25);
  const name = await page.evaluate(() => {
    try {
      new globalThis.own.OpenProspect({ nope: 1 });
    } catch (error) {
      return [error.name, error instanceof globalThis.own.ConfigurationError];
    }
  });
  assert.deepEqual(name, ["ConfigurationError", true]);
  assert.deepEqual(said, []);
});
