// Firefox with extensions. WebDriver BiDi installs them, and reaches none of their pages and scripts: they tell a server what they see.

import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";
import { listen } from "../helpers/setup.mjs";

const PATIENCE_MS = 60_000;

/** A browser, which the caller closes. */
export async function launchFirefox() {
  const { FIREFOX } = process.env;
  assert.ok(FIREFOX, "set FIREFOX to the path of the browser, as `cargo xtask test` does");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
  });
  return { browser, install: (folder) => browser.installExtension(folder), close: () => browser.close() };
}

/**
 * A server to which the parts of an extension report: `reports.next(name)` is what the part of that name said next. A request of an
 * extension that asks first, as a web page does, is refused: with host_permissions none does.
 */
export async function listenForReports(t) {
  const waiting = new Map();
  const queue = (name) => {
    if (!waiting.has(name)) waiting.set(name, { said: [], wanted: [] });
    return waiting.get(name);
  };
  const url = await listen(t, async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    response.writeHead(request.method === "POST" ? 200 : 403).end();
    if (request.method !== "POST") return;
    const { said, wanted } = queue(request.url.slice(1));
    const value = JSON.parse(text);
    if (wanted.length > 0) wanted.shift()(value);
    else said.push(value);
  });
  async function next(name) {
    const { said, wanted } = queue(name);
    if (said.length > 0) return said.shift();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no report of ${name}`)), PATIENCE_MS);
    });
    return Promise.race([new Promise((resolve) => wanted.push(resolve)), late]).finally(() => clearTimeout(timer));
  }
  return { url, next };
}

/** JavaScript by which a part of an extension reports. */
export const reporting = (url) =>
  `globalThis.report = (name, value) => fetch("${url}/" + name, { method: "POST", body: JSON.stringify(value ?? null) });\n`;
