// The suite in a page bundled by esbuild: minified as a module, and as a script, esbuild's default.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { build } from "esbuild";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, entry, html, PAGE, serveFolder } from "./page.mjs";

const open = chromium();
const SCRIPTS = { esm: '<script type="module" src="/main.js"></script>', iife: '<script src="/main.js"></script>' };

let project;
before(async () => {
  project = await makeProject({ "main.js": entry() });
});
after(() => project.remove());

for (const [format, script] of Object.entries(SCRIPTS)) {
  place(`esbuild, ${format}`, PAGE, async (address, t) => {
    const dist = join(project.folder, format);
    const options = /** @type {import("esbuild").BuildOptions & { metafile: true }} */ ({
      entryPoints: [join(project.folder, "main.js")],
      outdir: dist,
      bundle: true,
      minify: true,
      format,
      metafile: true,
      logLevel: "silent",
    });
    const { warnings, metafile } = await build(options);
    assert.deepEqual(warnings, []);
    assert.equal(Object.keys(metafile.outputs).length, 1);
    await project.write(`${format}/index.html`, html(script));
    return open(await serveFolder(t, dist), address);
  });
}
