// The suite in Vercel's edge runtime, bundled as Next.js does: the module is compiled outside and passed as a global.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { startEdge } from "./edge.mjs";

const MAIN = `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";

async function respond({ url }) {
  const address = new URL(url).searchParams.get("address");
  if (address) await runSuite(openprospect, address);
  else new openprospect.OpenProspect({ apiKey: "lnc_test_x" });
  return new Response("done");
}

const failed = (error) => new Response(String(error), { status: 500 });
addEventListener("fetch", (event) => event.respondWith(respond(event.request).catch(failed)));
`;

let project;
before(async () => {
  project = await makeProject({ "main.mjs": MAIN });
});
after(() => project.remove());

place("Vercel's edge runtime", {}, async (address) => {
  const { picked, modules, request } = await startEdge(project.folder, ["edge-light", "worker", "browser"]);
  assert.deepEqual([picked, modules.length], [["edge-light.js"], 1]);
  assert.deepEqual(await request(`?address=${encodeURIComponent(address)}`), { status: 200, text: "done" });
});

test("without its export condition, the error of the edge runtime names it", async () => {
  const { picked, request } = await startEdge(project.folder, []);
  assert.deepEqual(picked, ["index.js"]);
  const { status, text } = await request();
  assert.equal(status, 500);
  assert.match(text, /^ConfigurationError: WebAssembly: .*edge-light \(Vercel\)/);
});
