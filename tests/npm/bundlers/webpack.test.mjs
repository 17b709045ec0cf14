// The suite in a page bundled by webpack, in production mode and without configuration.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import { promisify } from "node:util";
import webpack from "webpack";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, entry, html, PAGE, serveFolder } from "./page.mjs";

const open = chromium();

let project;
before(async () => {
  project = await makeProject({
    "src/index.js": entry(".."),
    "dist/index.html": html('<script src="/main.js"></script>'),
  });
});
after(() => project.remove());

place("webpack 5, production", PAGE, async (address, t) => {
  const dist = join(project.folder, "dist");
  const stats = await promisify(webpack)({ mode: "production", context: project.folder, output: { path: dist } });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual(errors, []);
  // Webpack's hints about the size of the page are not problems.
  assert.deepEqual(
    warnings.filter(({ message }) => !/size limit|code splitting/.test(message)),
    [],
  );
  assert.deepEqual((await readdir(dist)).sort(), ["index.html", "main.js"]);
  return open(await serveFolder(t, dist), address);
});
