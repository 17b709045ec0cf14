// The suite in Vercel's edge runtime, bundled as Next.js does it: the module is compiled outside, and is a global.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile } from "node:fs/promises";
import { EdgeRuntime } from "edge-runtime";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { bundle } from "./bundle.mjs";

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
const SUFFIX = "?module";

let project;
before(async () => { project = await makeProject({ "main.mjs": MAIN }); });
after(() => project.remove());

/** A function that runs, and the files of the package that are in it. */
async function start(conditions) {
  const modules = [];
  const { text, picked } = await bundle(project.folder, "iife", conditions, {
    resolve(file) {
      assert.ok(file.endsWith(SUFFIX), file);
      return { path: file.slice(0, -SUFFIX.length), namespace: "wasm" };
    },
    async load(file) {
      modules.push(await WebAssembly.compile(await readFile(file)));
      return { contents: `export default wasm_${modules.length - 1};` };
    },
  });
  const runtime = new EdgeRuntime({
    initialCode: text,
    // As it is deployed: nothing is compiled inside.
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, ...modules.map((module, index) => ({ [`wasm_${index}`]: module }))),
  });
  async function asked(search = "") {
    const response = await runtime.dispatchFetch(`http://edge.test/${search}`);
    return { status: response.status, text: await response.text() };
  }
  return { picked, modules, asked };
}

place("Vercel's edge runtime", {}, async (address) => {
  const { picked, modules, asked } = await start(["edge-light", "worker", "browser"]);
  assert.deepEqual([picked, modules.length], [["edge-light.js"], 1]);
  assert.deepEqual(await asked(`?address=${encodeURIComponent(address)}`), { status: 200, text: "done" });
});

test("the edge runtime without its condition: the error names it", async () => {
  const { picked, asked } = await start([]);
  assert.deepEqual(picked, ["index.js"]);
  const { status, text } = await asked();
  assert.equal(status, 500);
  assert.match(text, /^ConfigurationError: WebAssembly: .*edge-light \(Vercel\)/);
});
