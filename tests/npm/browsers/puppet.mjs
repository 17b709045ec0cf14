// Chromium and Firefox, each with a profile of its own that goes with it.

import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AWAKE = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];
/** A page that hangs is told by the test that waits for it. */
const PATIENCE_MS = 60_000;

/** `pin` is a key that is trusted though no authority vouches for it. */
export const chromium = ({ pin } = {}) =>
  launch("CHROMIUM", { args: pin ? [...FLAGS, `--ignore-certificate-errors-spki-list=${pin}`] : FLAGS });
/** With the timers of a hidden page as its users have them, which puppeteer otherwise lets run on. */
export const sleepyChromium = () => launch("CHROMIUM", { args: FLAGS, ignoreDefaultArgs: AWAKE });
export const firefox = ({ acceptInsecureCerts = false } = {}) =>
  launch("FIREFOX", { browser: "firefox", acceptInsecureCerts });

async function launch(variable, options) {
  const executablePath = process.env[variable];
  assert.ok(executablePath, `set ${variable} to the path of the browser, as \`cargo xtask test\` does`);
  const browser = await puppeteer.launch({
    executablePath,
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    ...options,
  });
  return { version: await browser.version(), open: (url) => open(browser, url), close: () => browser.close() };
}

async function open(browser, url) {
  const page = await browser.newPage();
  const lines = [];
  // Firefox asks for an icon of its own accord, against the policy.
  const add = (line) => line.includes("/favicon.ico") || lines.push(line);
  page.on("console", (message) => add(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => add(`thrown: ${error}`));
  await page.goto(url);
  return {
    lines,
    read: (expression) => page.evaluate(expression),
    press: (key, held) => pressed(page.keyboard, key, held),
    resize: (width, height) => page.setViewport({ width, height }),
    /** As Chromium does to pages that nobody sees: "frozen", then "active" again. */
    lifecycle: async (state) => {
      const session = await page.createCDPSession();
      await session.send("Page.setWebLifecycleState", { state });
      await session.detach();
    },
    /** To ask the browser itself, in words of its protocol. */
    session: () => page.createCDPSession(),
    close: () => page.close(),
  };
}

/** A key of the keyboard, such as `Tab`, with another one held or not. */
async function pressed(keyboard, key, held) {
  if (held) await keyboard.down(held);
  await keyboard.press(key);
  if (held) await keyboard.up(held);
}
