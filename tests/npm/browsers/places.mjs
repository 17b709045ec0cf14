// The environments of a browser: pages and workers, each of which runs the suite.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { place } from "../suite/place.mjs";
import { page } from "./page.mjs";
import { serveSite } from "./site.mjs";

/** Shorter than the suite's own timeout, so that a failure reports the page's console. */
const TIMEOUT_MS = 90_000;
const PAGE = { preflights: true, page: true };
const WORKER = { preflights: true, page: false };

/** @type {[name: string, nature: typeof PAGE, path: string, expected: object][]} */
const PLACES = [
  ["a page with a strict policy", PAGE, "/page.html?", { scope: "Window" }],
  ["a page of one minified script", PAGE, "/classic/page.html?", { scope: "Window" }],
  ["a page with openprospect/slim, streamed", PAGE, "/slim.html?", { scope: "Window", streamed: 1 }],
  ["a worker", WORKER, "/worker.html?", { scope: "DedicatedWorkerGlobalScope" }],
  ["a service worker, a module", WORKER, "/register.html?type=module&", { scope: "ServiceWorkerGlobalScope" }],
  ["a service worker, one script", WORKER, "/register.html?type=classic&", { scope: "ServiceWorkerGlobalScope" }],
];

/**
 * Declares the tests of a browser.
 *
 * @param {string} name
 * @param {() => Promise<any>} launch
 */
export function places(name, launch) {
  let browser;
  let site;
  before(async () => {
    site = await serveSite();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /**
   * @param {import("node:test").TestContext} t
   * @param {string} path
   * @returns {Promise<import("./page.mjs").SitePage>}
   */
  async function visit(t, path) {
    const page = await browser.open(site.origin + path);
    t.after(page.close);
    return {
      ...page,
      origin: site.origin,
      lines: page.lines,
      wait: (/** @type {string} */ expression) => wait(page, expression),
    };
  }

  for (const [environment, nature, path, expected] of PLACES) {
    place(`${name}, ${environment}`, nature, async (address, t) => {
      const { lines, wait } = await visit(t, `${path}address=${encodeURIComponent(address)}`);
      assert.deepEqual(await wait("globalThis.done"), { isStrict: true, ...expected });
      return { said: lines };
    });
  }
  page(name, visit);
}

/**
 * Polls until an expression is truthy. Fails if the page collected an error.
 *
 * @param {{read: (expression: string) => Promise<any>, lines: string[]}} page
 * @param {string} expression
 */
export async function wait({ read, lines }, expression) {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; ) {
    const { problems = [], value } = await read(`({ problems: globalThis.problems, value: ${expression} })`);
    if (problems.length > 0) throw new Error([...problems, ...lines].join("\n"));
    if (value) return value;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error([`timed out: ${expression}`, ...lines].join("\n"));
}
