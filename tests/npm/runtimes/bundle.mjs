// Bundles a project's main.mjs to one file, as the bundlers of edge platforms do.

import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/**
 * Returns the bundle and the names of the package's files in it. `resolve` and `load` are esbuild's hooks for the
 * WebAssembly modules: they get the path of each imported module.
 *
 * @param {string} folder
 * @param {import("esbuild").Format} format
 * @param {string[]} conditions
 * @param {{
 *   resolve: (file: string) => import("esbuild").OnResolveResult,
 *   load?: (file: string) => Promise<{ contents: string }>,
 * }} wasm
 */
export async function bundle(folder, format, conditions, { resolve, load }) {
  /** @type {import("esbuild").Plugin} */
  const plugin = {
    name: "wasm",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path, resolveDir }) => resolve(join(resolveDir, path)));
      if (load) onLoad({ filter: /./, namespace: "wasm" }, ({ path }) => load(path));
    },
  };
  const {
    outputFiles: [{ text }],
    metafile,
    warnings,
  } = await build({
    absWorkingDir: folder,
    entryPoints: ["main.mjs"],
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    platform: "neutral",
    format,
    conditions,
    plugins: [plugin],
  });
  if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
  const picked = Object.keys(metafile.inputs).filter((path) => dirname(path) === "node_modules/openprospect");
  return { text, picked: picked.map((path) => basename(path)) };
}
