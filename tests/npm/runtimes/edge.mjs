// Runs a project's main.mjs in Vercel's edge runtime, bundled as Next.js does.

/// <reference path="./packages.d.ts" />

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { EdgeRuntime } from "edge-runtime";
import { bundle } from "./bundle.mjs";

const SUFFIX = "?module";

/** Starts the function. `picked` are the files of the package in its bundle. */
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
    // As deployed: code cannot be compiled at run time.
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, ...modules.map((module, index) => ({ [`wasm_${index}`]: module }))),
  });
  async function request(search = "") {
    const response = await runtime.dispatchFetch(`http://edge.test/${search}`);
    return { status: response.status, text: await response.text() };
  }
  return { picked, modules, request };
}
