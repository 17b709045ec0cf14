// The suite in a page bundled by Parcel, without configuration.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, entry, html, PAGE, serveFolder, tool } from "./page.mjs";

const open = chromium();
const PARCEL = fileURLToPath(new URL("node_modules/parcel/lib/bin.js", import.meta.url));

let project;
before(async () => {
  const page = html('<script type="module" src="./main.js"></script>');
  project = await makeProject({ "index.html": page, "main.js": entry() });
});
after(() => project.remove());

place("Parcel, build", PAGE, async (address, t) => {
  await tool(project.folder, [PARCEL, "build", "index.html"]);
  const dist = join(project.folder, "dist");
  assert.deepEqual((await readdir(dist)).map((name) => extname(name)).sort(), [".html", ".js", ".map"]);
  return open(await serveFolder(t, dist), address);
});
