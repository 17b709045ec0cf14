// Chromium and Firefox, each with a temporary profile.

import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

/** @typedef {import("puppeteer-core").KeyInput} Key such as `Tab` */

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Flags with which puppeteer keeps hidden pages running. */
const AWAKE = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];
const TIMEOUT_MS = 60_000;

/** @param {{pin?: string}} [options] `pin`: the hash of a key to trust without a certificate authority */
export const chromium = ({ pin } = {}) =>
  launch("CHROMIUM", { args: pin ? [...FLAGS, `--ignore-certificate-errors-spki-list=${pin}`] : FLAGS });
/** Chromium that throttles and freezes hidden pages, as users have it. */
export const throttlingChromium = () => launch("CHROMIUM", { args: FLAGS, ignoreDefaultArgs: AWAKE });
export const firefox = ({ acceptInsecureCerts = false } = {}) =>
  launch("FIREFOX", { browser: "firefox", acceptInsecureCerts });

/**
 * @param {string} variable with the path of the browser
 * @param {import("puppeteer-core").LaunchOptions} options
 */
async function launch(variable, options) {
  const executablePath = process.env[variable];
  assert.ok(executablePath, `set ${variable} to the path of the browser, as \`cargo xtask test\` does`);
  const browser = await puppeteer.launch({
    executablePath,
    headless: true,
    timeout: TIMEOUT_MS,
    protocolTimeout: TIMEOUT_MS,
    ...options,
  });
  return {
    version: await browser.version(),
    open: (/** @type {string} */ url) => open(browser, url),
    close: () => browser.close(),
  };
}

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url
 */
async function open(browser, url) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const lines = [];
  // Firefox requests an icon by itself, which the policy blocks.
  /** @param {string} line */
  const add = (line) => line.includes("/favicon.ico") || lines.push(line);
  page.on("console", (message) => add(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => add(`thrown: ${error}`));
  await page.goto(url);
  return {
    lines,
    /**
     * @param {string} expression
     * @returns {Promise<any>}
     */
    read: (expression) => page.evaluate(expression),
    /**
     * @param {Key} key
     * @param {Key} [held] a second key, held meanwhile
     */
    async press(key, held) {
      if (held) await page.keyboard.down(held);
      await page.keyboard.press(key);
      if (held) await page.keyboard.up(held);
    },
    /**
     * @param {number} width
     * @param {number} height
     */
    resize: (width, height) => page.setViewport({ width, height }),
    /**
     * Freezes the page, as Chromium does with hidden pages, or activates it again.
     *
     * @param {"frozen" | "active"} state
     */
    lifecycle: async (state) => {
      const session = await page.createCDPSession();
      await session.send("Page.setWebLifecycleState", { state });
      await session.detach();
    },
    /** A session of the browser's own protocol. */
    session: () => page.createCDPSession(),
    close: () => page.close(),
  };
}
