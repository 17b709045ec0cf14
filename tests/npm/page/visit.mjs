// The page in a browser, and how a person goes about it: keys, and looking until something is there.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePage } from "../../../www/demo/make.mjs";
import { servePage } from "../../../www/demo/serve.mjs";
import { canary, PACKAGE } from "../helpers/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";

const PATIENCE_MS = 30_000;
const LOOK_MS = 25;
/** Chromium would like the key in a form, and Firefox tells of bodies that the mock breaks as it should. */
const OWN = /^verbose:|Failed to read data from the ReadableStream/;

/** Everything of a page that stays, or that others could read. */
export const EVERYWHERE = `(${surroundings})().then(JSON.stringify)`;

/** The page's folder as the demo makes it, served until it is closed. */
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

/** Opens a panel of the page. What it says on the console fails the test, and so does a key that it shows or keeps. */
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

  async function until(expression) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      // An element is nothing that every browser can hand out.
      if (await read(`Boolean(${expression})`)) return;
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_MS);
      });
    }
    throw new Error([`never: ${expression}`, ...page.lines].join("\n"));
  }
  const find = (selector) => `document.querySelector(${JSON.stringify(selector)})`;
  const text = (selector) => read(`${find(selector)}.textContent`);

  /** Real keys on an element that is there. */
  async function use(selector, key = "Enter") {
    await until(
      `${find(selector)} && !${find(selector)}.disabled && (${find(selector)}.focus(), document.activeElement === ${find(selector)})`,
    );
    await press(key);
  }
  async function type(selector, words) {
    await until(`${find(selector)} && (${find(selector)}.focus(), ${find(selector)}.select(), true)`);
    for (const letter of words) await press(letter);
  }
  /** Chooses as a person does who uses the mouse or a touch. */
  async function choose(selector, value) {
    await read(
      `((field) => { field.value = ${JSON.stringify(value)}; for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true })); return true; })(${find(selector)})`,
    );
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
        page.lines.filter((line) => !OWN.test(line)),
        [],
      ),
  };
}
