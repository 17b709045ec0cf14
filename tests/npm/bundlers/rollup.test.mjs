// The suite in a page bundled by Rollup to ES modules, with the plugin that resolves packages.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import resolve from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, entry, html, PAGE, serveFolder } from "./page.mjs";

const open = chromium();

let project;
before(async () => {
  project = await makeProject({
    "main.js": entry(),
    "dist/index.html": html('<script type="module" src="/main.js"></script>'),
  });
});
after(() => project.remove());

place("Rollup, es", PAGE, async (address, t) => {
  const dist = join(project.folder, "dist");
  const warnings = [];
  const bundle = await rollup({
    input: join(project.folder, "main.js"),
    plugins: [resolve()],
    onwarn: ({ message }) => warnings.push(message),
  });
  await bundle.write({ dir: dist, format: "es" });
  await bundle.close();
  assert.deepEqual(warnings, []);
  assert.deepEqual((await readdir(dist)).sort(), ["index.html", "main.js"]);
  return open(await serveFolder(t, dist), address);
});
