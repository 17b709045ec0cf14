// The page in a browser: opens a panel, presses keys, and polls until something is there.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePage } from "../../../www/demo/make.mjs";
import { servePage } from "../../../www/demo/serve.mjs";
import { canary, PACKAGE } from "../helpers/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";

const TIMEOUT_MS = 30_000;
const POLL_MS = 25;
/** Chromium suggests a form around the password field, and Firefox reports bodies that the mock's faults cut off. */
const EXPECTED = /^verbose:|Failed to read data from the ReadableStream/;

/** Everything that a page stores, or that others could read. */
export const EVERYWHERE = `(${surroundings})().then(JSON.stringify)`;

/** Writes the page's folder as the demo does, and serves it. */
export async function serveFolder() {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-page-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    await makePage(join(folder, "www"), fileURLToPath(PACKAGE).replace(/\/$/, ""));
    const { url, close } = await servePage(join(folder, "www"));
    return {
      url,
      folder: join(folder, "www"),
      close: async () => {
        await close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * A page of one of the browsers, as `browsers/puppet.mjs` and `browsers/webkit.mjs` open it.
 *
 * @typedef {object} BrowserPage
 * @property {string[]} lines of the console
 * @property {(expression: string) => Promise<any>} read evaluates an expression
 * @property {(key: string, held?: string) => Promise<unknown>} press
 * @property {(width: number, height: number) => Promise<unknown>} resize
 * @property {() => Promise<unknown>} close
 *
 * @typedef {object} Actions
 * @property {(expression: string) => Promise<void>} until polls until an expression is true
 * @property {(selector: string) => Promise<string>} text
 * @property {(selector: string, key?: string) => Promise<void>} use presses a key on an element
 * @property {(selector: string, text: string) => Promise<void>} type
 * @property {(selector: string, value: string) => Promise<void>} choose sets a value as a mouse or a touch does
 * @property {() => void} quiet fails if the console has an unexpected line
 *
 * @typedef {BrowserPage & Actions} Visit
 * @typedef {(t: import("node:test").TestContext, route: string) => Promise<Visit>} Open
 */

/**
 * Opens a panel of the page. At the end, the test fails if a key is in the console or stored by the page.
 *
 * @param {import("node:test").TestContext} t
 * @param {{open: (url: string) => Promise<BrowserPage>}} browser
 * @param {string} url
 * @param {string} route
 * @returns {Promise<Visit>}
 */
export async function visit(t, browser, url, route) {
  const page = await browser.open(`${url}#${route}`);
  t.after(async () => {
    try {
      canary.require("the page", JSON.parse(await page.read(EVERYWHERE)));
      canary.require("the page's console", page.lines);
    } finally {
      await page.close();
    }
  });
  const { read, press } = page;

  /** @param {string} expression */
  async function until(expression) {
    for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; ) {
      // Not every browser can return an element.
      if (await read(`Boolean(${expression})`)) return;
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
    throw new Error([`timed out: ${expression}`, ...page.lines].join("\n"));
  }
  /** @param {string} selector */
  const find = (selector) => `document.querySelector(${JSON.stringify(selector)})`;
  /** @param {string} selector */
  const text = (selector) => read(`${find(selector)}.textContent`);

  /**
   * @param {string} selector
   * @param {string} key
   */
  async function use(selector, key = "Enter") {
    const element = find(selector);
    const focus = `(${element}.focus(), document.activeElement === ${element})`;
    await until(`${element} && !${element}.disabled && ${focus}`);
    await press(key);
  }
  /**
   * @param {string} selector
   * @param {string} letters
   */
  async function type(selector, letters) {
    await until(`${find(selector)} && (${find(selector)}.focus(), ${find(selector)}.select(), true)`);
    for (const letter of letters) await press(letter);
  }
  /**
   * @param {string} selector
   * @param {string} value
   */
  async function choose(selector, value) {
    await read(`((field) => {
      field.value = ${JSON.stringify(value)};
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      return true;
    })(${find(selector)})`);
  }
  await until('"ready" in document.documentElement.dataset');
  return {
    ...page,
    until,
    text,
    use,
    type,
    choose,
    quiet: () =>
      assert.deepEqual(
        page.lines.filter((line) => !EXPECTED.test(line)),
        [],
      ),
  };
}
