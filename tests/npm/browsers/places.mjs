// The places of a browser: pages and workers, each with the suite.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { place } from "../suite/place.mjs";
import { page } from "./page.mjs";
import { serveSite } from "./site.mjs";

/** Less than the suite's own patience, so that what the page said is told. */
const PATIENCE_MS = 90_000;
const PAGE = { preflights: true, page: true };
const WORKER = { preflights: true, page: false };

const PLACES = [
  ["a page with a strict policy", PAGE, "/page.html?", { scope: "Window" }],
  ["a page of one minified script", PAGE, "/classic/page.html?", { scope: "Window" }],
  ["a page with openprospect/slim, streamed", PAGE, "/slim.html?", { scope: "Window", streamed: 1 }],
  ["a worker", WORKER, "/worker.html?", { scope: "DedicatedWorkerGlobalScope" }],
  ["a service worker, a module", WORKER, "/register.html?type=module&", { scope: "ServiceWorkerGlobalScope" }],
  ["a service worker, one script", WORKER, "/register.html?type=classic&", { scope: "ServiceWorkerGlobalScope" }],
];

/** Declares the tests of a browser. */
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

  async function visit(t, path) {
    const page = await browser.open(site.origin + path);
    t.after(page.close);
    return { ...page, origin: site.origin, lines: page.lines, wait: (expression) => wait(page, expression) };
  }

  for (const [what, nature, path, expected] of PLACES) {
    place(`${name}, ${what}`, nature, async (address, t) => {
      const { lines, wait } = await visit(t, `${path}address=${encodeURIComponent(address)}`);
      assert.deepEqual(await wait("globalThis.done"), { isStrict: true, ...expected });
      return { said: lines };
    });
  }
  page(name, visit);
}

/** Until an expression has a value; not if anything goes wrong in the page. */
export async function wait({ read, lines }, expression) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const { said = [], value } = await read(`({ said: globalThis.said, value: ${expression} })`);
    if (said.length > 0) throw new Error([...said, ...lines].join("\n"));
    if (value) return value;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error([`never: ${expression}`, ...lines].join("\n"));
}
