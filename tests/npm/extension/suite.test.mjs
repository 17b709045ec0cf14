// The suite in an extension: in its worker, as a module and as a classic script, and in a page of its own.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { join } from "node:path";
import { build } from "esbuild";
import { assertPassed, place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { launch, writeExtension } from "./browser.mjs";

const ENTRY =
  'import * as openprospect from "./openprospect.js";\nimport { runSuite } from "./suite/run.mjs";\nglobalThis.start = (address) => runSuite(openprospect, address);\n';
/** With host_permissions Chromium sends at once, without asking the server, and the answer shows all its headers. */
const NATURE = { preflights: false, page: false };

let project;
let chromium;
before(async () => {
  project = await makeProject();
  chromium = await launch();
});
after(async () => {
  await chromium?.close();
  await project?.remove();
});

/** Runs the suite in a context, which must be of the kind that the place is named after. */
async function runIn(context, kind, address) {
  assert.equal(await context.evaluate(() => globalThis.constructor.name), kind);
  assertPassed(await context.evaluate((address) => globalThis.start(address), address));
}

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
