// Vercel's edge runtime with a project's main.mjs, bundled as Next.js does it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { EdgeRuntime } from "edge-runtime";
import { bundle } from "./bundle.mjs";

const SUFFIX = "?module";

/** A function that runs, and the files of the package that are in it. */
export async function startEdge(folder, conditions) {
  const modules = [];
  const { text, picked } = await bundle(folder, "iife", conditions, {
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
