// A project's main.mjs as one file, as the bundlers of edge platforms make it.

import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/**
 * Gives the text and the names of the package's files that are in it. `wasm` is told the file of each module that is
 * imported, and gives what esbuild has to know of it.
 */
export async function bundle(folder, format, conditions, { resolve, load }) {
  const wasm = {
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
    plugins: [wasm],
  });
  if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
  const picked = Object.keys(metafile.inputs).filter((path) => dirname(path) === "node_modules/openprospect");
  return { text, picked: picked.map((path) => basename(path)) };
}
