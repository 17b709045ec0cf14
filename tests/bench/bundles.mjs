// How much a program grows by each client.

import { brotliCompressSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { OURS } from "./clients/index.mjs";
import { PACKAGE } from "./package.mjs";

export async function bundles(clients) {
  // One of the workspace's own tools; late, so that the rest works without it.
  const { build } = await import("esbuild");
  const sizes = [];
  for (const { name, bundle, platform = "browser" } of clients) {
    const code = name === OURS ? `export { OpenProspect } from ${JSON.stringify(entry())}` : bundle;
    if (code === undefined) continue;
    const { outputFiles: [{ contents }] } = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform,
      logLevel: "silent",
    });
    sizes.push({
      name,
      minified: contents.length,
      gzip: gzipSync(contents, { level: 9 }).length,
      brotli: brotliCompressSync(contents).length,
      note: platform === "node" ? "for Node only" : name === OURS ? "with its WebAssembly module" : "",
    });
  }
  return sizes;
}

const entry = () => fileURLToPath(new URL("index.js", PACKAGE));
