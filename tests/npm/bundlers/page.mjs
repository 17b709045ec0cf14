// Shared by the tests of bundlers: runs a bundler, serves its output, and opens it in a browser.

/// <reference path="./packages.d.ts" />

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before } from "node:test";
import puppeteer from "puppeteer-core";
import { run } from "../suite/project.mjs";

/** A page sends preflights, since the API is at another origin. */
export const PAGE = { preflights: true, page: true };

/** The script of a page; `root` is the path to the root of the project. */
export const entry = (root = ".") => `
import * as openprospect from "openprospect";
import { runSuite } from "${root}/suite/run.mjs";
runSuite(openprospect, new URLSearchParams(location.search).get("address")).then(() => { document.title = "done"; });
`;
export const html = (script) => `<!doctype html><meta charset="utf-8"><title>running</title>${script}`;

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const TIMEOUT_MS = 60_000;

/**
 * Runs a script with Node in a folder, and returns its output. The error of a failure has the whole output.
 *
 * @param {string} cwd
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export async function tool(cwd, args, env) {
  const options = { cwd, env: { ...process.env, ...env }, timeout: 2 * TIMEOUT_MS };
  try {
    return (await run(process.execPath, args, options)).stdout;
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${message.split("\n")[0]}\n${stdout}\n${stderr}`);
  }
}

/** Serves a folder with a strict content security policy, until the test ends. */
export async function serveFolder(t, folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://x");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    try {
      const content = await readFile(join(folder, name));
      response.writeHead(200, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}/`;
}

/**
 * Starts Chromium for the tests of a file. Returns a function that opens a page, waits until the suite has ended there,
 * and returns the lines of its console as `said`; it rejects on an error that no check expects.
 */
export function chromium() {
  let browser;
  before(async () => {
    const { CHROMIUM } = process.env;
    assert.ok(CHROMIUM, "set CHROMIUM to the path of the browser, as `cargo xtask test` does");
    browser = await puppeteer.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
  });
  after(() => browser?.close());
  return (url, address) => runInPage(browser, `${url}?address=${encodeURIComponent(address)}`);
}

async function runInPage(browser, url) {
  const page = await browser.newPage();
  const said = [];
  const failed = new Promise((resolve, reject) => {
    const fail = (line) => {
      said.push(line);
      reject(new Error(`the page failed\n${said.join("\n")}`));
    };
    page.on("pageerror", (error) => fail(`thrown: ${error?.stack ?? error}`));
    page.on("console", (message) => {
      const line = `${message.type()}: ${message.text()} (${message.location().url ?? "nowhere"})`;
      if (message.type() === "error" && !isExpected(message, new URL(url).origin)) fail(line);
      else said.push(line);
    });
  });
  try {
    await page.goto(url);
    const done = page.waitForFunction(() => document.title === "done", { timeout: TIMEOUT_MS });
    await Promise.race([
      failed,
      done.catch((error) => {
        throw new Error(`${error.message}; the console\n${said.join("\n")}`);
      }),
    ]);
    return { said };
  } finally {
    await page.close();
  }
}

/** Whether the browser itself printed the line about a failed request of a check, or about the missing icon. */
function isExpected(message, origin) {
  if (/^Access to fetch at .* has been blocked by CORS policy/.test(message.text())) return true;
  if (!/^Failed to load resource/.test(message.text())) return false;
  const url = new URL(message.location().url);
  return url.origin !== origin || url.pathname === "/favicon.ico";
}
