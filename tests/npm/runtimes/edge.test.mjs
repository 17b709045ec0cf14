// The suite in Vercel's edge runtime, bundled as Next.js does it: the module is compiled outside, and is a global.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { startEdge } from "./edge.mjs";

const MAIN = `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";

async function answer({ url }) {
  const address = new URL(url).searchParams.get("address");
  if (address) await runSuite(openprospect, address);
  else new openprospect.OpenProspect({ apiKey: "lnc_test_x" });
  return new Response("done");
}

addEventListener("fetch", (event) => event.respondWith(answer(event.request).catch((error) => new Response(String(error), { status: 500 }))));
`;

let project;
before(async () => {
  project = await makeProject({ "main.mjs": MAIN });
});
after(() => project.remove());

place("Vercel's edge runtime", {}, async (address) => {
  const { picked, modules, asked } = await startEdge(project.folder, ["edge-light", "worker", "browser"]);
  assert.deepEqual([picked, modules.length], [["edge-light.js"], 1]);
  assert.deepEqual(await asked(`?address=${encodeURIComponent(address)}`), { status: 200, text: "done" });
});

test("the edge runtime without its condition: the error names it", async () => {
  const { picked, asked } = await startEdge(project.folder, []);
  assert.deepEqual(picked, ["index.js"]);
  const { status, text } = await asked();
  assert.equal(status, 500);
  assert.match(text, /^ConfigurationError: WebAssembly: .*edge-light \(Vercel\)/);
});
