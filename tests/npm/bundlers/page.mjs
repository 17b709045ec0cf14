// What the tests of bundlers share: how one is started, who serves what it has written, and the browser with the page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before } from "node:test";
import puppeteer from "puppeteer-core";
import { run } from "../suite/project.mjs";

/** A page asks before it sends to another origin, and the API is at one. */
export const PAGE = { preflights: true, page: true };

/** What a page runs, from a file at the top of the project or in a folder. */
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
const PATIENCE_MS = 60_000;

/** Runs a tool of Node's in a folder; all that it has printed is in the error when it fails. */
export async function tool(cwd, words, env) {
  const given = { cwd, env: { ...process.env, ...env }, timeout: 2 * PATIENCE_MS };
  try {
    return (await run(process.execPath, words, given)).stdout;
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${message.split("\n")[0]}\n${stdout}\n${stderr}`);
  }
}

/** Serves a folder under the strict policy, until the test ends. */
export async function serveFolder(t, folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://x");
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
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/**
 * Starts Chromium for the tests of a file. What it returns opens a page, waits until the suite is over there, and gives
 * what the console `said`; an error in it that no check asks for ends the wait.
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
      reject(new Error(`the page says\n${said.join("\n")}`));
    };
    page.on("pageerror", (error) => fail(`thrown: ${error?.stack ?? error}`));
    page.on("console", (message) => {
      const line = `${message.type()}: ${message.text()} (${message.location().url ?? "nowhere"})`;
      if (message.type() === "error" && !isMeant(message, new URL(url).origin)) fail(line);
      else said.push(line);
    });
  });
  try {
    await page.goto(url);
    const done = page.waitForFunction(() => document.title === "done", { timeout: PATIENCE_MS });
    await Promise.race([
      failed,
      done.catch((error) => {
        throw new Error(`${error.message}; the page says\n${said.join("\n")}`);
      }),
    ]);
    return { said };
  } finally {
    await page.close();
  }
}

/** The browser's own lines about answers of the API that a check asks for, and about an icon that no page has. */
function isMeant(message, origin) {
  if (/^Access to fetch at .* has been blocked by CORS policy/.test(message.text())) return true;
  if (!/^Failed to load resource/.test(message.text())) return false;
  const url = new URL(message.location().url);
  return url.origin !== origin || url.pathname === "/favicon.ico";
}
