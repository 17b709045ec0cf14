// The faults in a page of each browser. Firefox and WebKit trust everybody or nobody, and run twice.

import { readFile } from "node:fs/promises";
import { after, before } from "node:test";
import { chromium, firefox } from "../browsers/puppet.mjs";
import { wait } from "../browsers/places.mjs";
import { serveSite } from "../browsers/site.mjs";
import { webkit } from "../browsers/webkit.mjs";
import { place } from "./place.mjs";

const PAGE = `
import * as openprospect from "openprospect";
import { runChaos } from "../chaos/run.mjs";
import { address, leave } from "./scene.js";
leave(runChaos(openprospect, address()));
`;
const RUN = new URL("run.mjs", import.meta.url);
const TWICE = [{ strangers: true, rest: true }, { trusted: true }];

async function visit(browser, site, address, t) {
  t.after(browser.close);
  const page = await browser.open(`${site.origin}/chaos.html?address=${encodeURIComponent(address)}`);
  await wait(page, "globalThis.done");
}

/** Declares their tests. */
export function browsers() {
  let site;
  before(async () => {
    site = await serveSite({ "pages/chaos.js": PAGE, "chaos/run.mjs": await readFile(RUN, "utf8") });
  });
  after(() => site?.close());

  place(
    "WebKit",
    async (address, t, { parts }) =>
      visit(await webkit({ acceptInsecureCerts: Boolean(parts.trusted) }), site, address, t),
    TWICE,
  );
  place(
    "Firefox",
    async (address, t, { parts }) =>
      visit(await firefox({ acceptInsecureCerts: Boolean(parts.trusted) }), site, address, t),
    TWICE,
  );
  place("Chromium", async (address, t, { pin }) => visit(await chromium({ pin }), site, address, t));
}
