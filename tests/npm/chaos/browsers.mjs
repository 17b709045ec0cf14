// The faults in a page of each browser. Firefox and WebKit trust every certificate or none, and run twice.

import { readFile } from "node:fs/promises";
import { after, before } from "node:test";
import { chromium, firefox } from "../browsers/puppet.mjs";
import { wait } from "../browsers/places.mjs";
import { serveSite } from "../browsers/site.mjs";
import { webkit } from "../browsers/webkit.mjs";
import { environment } from "./environment.mjs";

const PAGE = `
import * as openprospect from "openprospect";
import { runChaos } from "../chaos/run.mjs";
import { address, leave } from "./scene.js";
leave(runChaos(openprospect, address()));
`;
const RUN = new URL("run.mjs", import.meta.url);
const TWICE = [
  { untrusted: true, trusted: false, rest: true },
  { untrusted: false, trusted: true, rest: false },
];

async function visit(browser, site, address, t) {
  t.after(browser.close);
  const page = await browser.open(`${site.origin}/chaos.html?address=${encodeURIComponent(address)}`);
  await wait(page, "globalThis.done");
}

/** Declares the tests. */
export function browsers() {
  let site;
  before(async () => {
    site = await serveSite({ "pages/chaos.js": PAGE, "chaos/run.mjs": await readFile(RUN, "utf8") });
  });
  after(() => site?.close());

  environment(
    "WebKit",
    async (address, t, { selection }) =>
      visit(await webkit({ acceptInsecureCerts: Boolean(selection.trusted) }), site, address, t),
    TWICE,
  );
  environment(
    "Firefox",
    async (address, t, { selection }) =>
      visit(await firefox({ acceptInsecureCerts: Boolean(selection.trusted) }), site, address, t),
    TWICE,
  );
  environment("Chromium", async (address, t, { pin }) => visit(await chromium({ pin }), site, address, t));
}
