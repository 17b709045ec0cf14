// The suite in an extension: in its worker, as a module and as a classic script, and in one of its pages.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { join } from "node:path";
import { build } from "esbuild";
import { assertPassed, place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { launch, writeExtension } from "./browser.mjs";

const ENTRY = `
import * as openprospect from "./openprospect.js";
import { runSuite } from "./suite/run.mjs";
globalThis.start = (address) => runSuite(openprospect, address);
`;
/** With host_permissions Chromium sends no preflights, and responses expose all headers. */
const NATURE = { preflights: false, page: false };

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
before(async () => {
  project = await makeProject();
  chromium = await launch();
});
after(async () => {
  await chromium?.close();
  await project?.remove();
});

/**
 * Runs the suite in a context, and checks its kind.
 *
 * @param {any} context a worker or a page
 * @param {string} kind the class of its global scope
 * @param {string} address
 */
async function runIn(context, kind, address) {
  assert.equal(await context.evaluate(() => globalThis.constructor.name), kind);
  assertPassed(await context.evaluate((address) => globalThis.start(address), address));
}

/**
 * @param {string} folder
 * @param {"module" | "classic"} type
 * @param {string} address
 */
async function inWorker(folder, type, address) {
  const worker = await chromium.worker(await chromium.install(folder));
  const isClassic = await worker.evaluate(() => {
    try {
      importScripts();
      return true;
    } catch {
      return false;
    }
  });
  assert.equal(isClassic, type === "classic", `the worker is not of the type ${type}`);
  await runIn(worker, "ServiceWorkerGlobalScope", address);
}

place("a module service worker", NATURE, (address) =>
  chromium.quietly(async () => {
    await inWorker(await writeExtension(project, "module", {}, { "worker.js": ENTRY }), "module", address);
  }),
);

place("a classic service worker, bundled", NATURE, (address) =>
  chromium.quietly(async () => {
    await project.write("entry.js", ENTRY.replace("./openprospect.js", "openprospect"));
    const folder = await writeExtension(project, "classic", { background: { service_worker: "worker.js" } });
    await build({
      entryPoints: [join(project.folder, "entry.js")],
      outfile: join(folder, "worker.js"),
      bundle: true,
      format: "iife",
      logLevel: "silent",
    });
    await inWorker(folder, "classic", address);
  }),
);

place("a page of the extension", NATURE, (address) =>
  chromium.quietly(async () => {
    const files = {
      "popup.html": '<!doctype html><meta charset="utf-8"><script type="module" src="popup.js"></script>',
      "popup.js": ENTRY,
    };
    const id = await chromium.install(await writeExtension(project, "page", { background: undefined }, files));
    const page = await chromium.open(`chrome-extension://${id}/popup.html`);
    await page.waitForFunction("globalThis.start");
    await runIn(page, "Window", address);
    await page.close();
  }),
);
