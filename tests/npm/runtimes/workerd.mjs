// Runs a project's main.mjs in Cloudflare's runtime, bundled as wrangler does.

/// <reference path="./packages.d.ts" />

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Miniflare } from "miniflare";
import { bundle } from "./bundle.mjs";

/** The export conditions of wrangler's bundler. */
export const WRANGLER = ["workerd", "worker", "browser"];

/** Starts a worker. `picked` are the files of the package in its bundle. */
export async function startWorkerd(folder, conditions, bindings) {
  const files = [];
  const { text, picked } = await bundle(folder, "esm", conditions, {
    resolve(file) {
      files.push(file);
      return { path: "./openprospect.wasm", external: true };
    },
  });
  const compiled = await Promise.all(
    files.map(async (file) => ({ type: "CompiledWasm", path: "openprospect.wasm", contents: await readFile(file) })),
  );
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "main.mjs", contents: text }, ...compiled],
    bindings,
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    // Otherwise miniflare fetches the properties of `request.cf` from Cloudflare.
    cf: false,
  });
  /**
   * @param {string} path
   * @param {object} [options]
   */
  async function request(path, options) {
    const response = await worker.dispatchFetch(`http://127.0.0.1${path}`, options);
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  }
  return { picked, request, dispose: () => worker.dispose() };
}
