// Firefox with extensions. WebDriver BiDi can install them, but cannot evaluate in their pages and scripts, so those
// report to a server.

import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";
import { listen } from "../helpers/setup.mjs";

const TIMEOUT_MS = 60_000;

/** Starts a browser, which the caller closes. */
export async function launchFirefox() {
  const { FIREFOX } = process.env;
  assert.ok(FIREFOX, "set FIREFOX to the path of the browser, as `cargo xtask test` does");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    timeout: TIMEOUT_MS,
    protocolTimeout: TIMEOUT_MS,
  });
  return {
    browser,
    install: (/** @type {string} */ folder) => browser.installExtension(folder),
    close: () => browser.close(),
  };
}

/**
 * A server to which the scripts of an extension report: `next(name)` returns the next report of that name. The server
 * rejects preflights, because an extension with host_permissions must not send any.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 */
export async function listenForReports(t) {
  /** @type {Map<string, {reports: any[], readers: ((report: any) => void)[]}>} */
  const queues = new Map();
  /** @param {string} name */
  const queueOf = (name) => {
    const queue = queues.get(name) ?? { reports: [], readers: [] };
    queues.set(name, queue);
    return queue;
  };
  const url = await listen(t, async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    response.writeHead(request.method === "POST" ? 200 : 403).end();
    if (request.method !== "POST") return;
    const { reports, readers } = queueOf((request.url ?? "").slice(1));
    const report = JSON.parse(text);
    const reader = readers.shift();
    if (reader) reader(report);
    else reports.push(report);
  });
  /**
   * @param {string} name
   * @returns {Promise<any>}
   */
  async function next(name) {
    const { reports, readers } = queueOf(name);
    if (reports.length > 0) return reports.shift();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const timedOut = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no report of ${name}`)), TIMEOUT_MS);
    });
    return Promise.race([new Promise((resolve) => readers.push(resolve)), timedOut]).finally(() => clearTimeout(timer));
  }
  return { url, next };
}

/**
 * JavaScript with which a script of an extension reports.
 *
 * @param {string} url of the server
 */
export const reporting = (url) => `
globalThis.report = (name, value) =>
  fetch("${url}/" + name, { method: "POST", body: JSON.stringify(value ?? null) });
`;
