// The suite in a page of Vite, without configuration: from the dev server, and built.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import { build, createServer } from "vite";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { chromium, entry, html, PAGE, serveFolder } from "./page.mjs";

const open = chromium();

let project;
before(async () => {
  project = await makeProject({
    "index.html": html('<script type="module" src="/main.js"></script>'),
    "main.js": entry(),
  });
});
after(() => project.remove());

const defaults = () => ({ root: project.folder, logLevel: "warn" });

// Without the strict policy, since the dev server's client is an inline script and opens a WebSocket.
place("Vite, dev server", PAGE, async (address, t) => {
  const server = await createServer({ ...defaults(), server: { host: "127.0.0.1", port: 0 } });
  t.after(() => server.close());
  await server.listen();
  const result = await open(server.resolvedUrls.local[0], address);
  // With a cold cache, the optimizer discovered and bundled the package.
  assert.ok((await readdir(join(project.folder, "node_modules/.vite/deps"))).includes("openprospect.js"));
  return result;
});

place("Vite, build", PAGE, async (address, t) => {
  await build(defaults());
  const dist = join(project.folder, "dist");
  assert.deepEqual(
    (await readdir(join(dist, "assets"))).map((name) => name.replace(/-.*\./, ".")),
    ["index.js"],
  );
  return open(await serveFolder(t, dist), address);
});
