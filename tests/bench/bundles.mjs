// What a program ships with each client: the code that a bundler takes in, minified, and what is left of it in transfer.

import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { OURS } from "./clients/index.mjs";
import { PACKAGE } from "./package.mjs";

/** Clients that are too much an API of their own to be measured under load. */
export const SIZE_ONLY = [{ name: "stripe", packages: ["stripe"], bundle: 'export { default } from "stripe"' }];

const CLIENT = "OpenProspect, isOpenProspectError";

/** What one imports of this package, entry by entry. */
const ENTRIES = [
  { name: OURS, file: "index.js", take: CLIENT, note: "with its WebAssembly module" },
  { name: `${OURS}/slim`, file: "slim.js", take: `${CLIENT}, init`, note: "needs the next" },
  { name: `${OURS}.wasm`, file: "openprospect.wasm", note: "a file of its own" },
  { name: `${OURS}, workerd`, file: "workerd.js", take: CLIENT, note: "with the same file" },
  { name: `${OURS}/testing`, file: "testing/index.js", take: "mockOpenProspect", note: "for tests" },
];

export async function bundles(clients) {
  // One of the workspace's own tools; late, so that the rest works without it.
  const { build } = await import("esbuild");
  const packed = async (contents, platform) => {
    const {
      outputFiles: [file],
    } = await build({
      stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform,
      external: ["*.wasm"],
      legalComments: "none",
      logLevel: "silent",
    });
    return file.contents;
  };
  const sizes = [];
  for (const { name, file, take, note } of ENTRIES) {
    const path = fileURLToPath(new URL(file, PACKAGE));
    const contents = take
      ? await packed(`export { ${take} } from ${JSON.stringify(path)}`, "browser")
      : readFileSync(path);
    sizes.push({ name, note, ...weighed(contents) });
  }
  for (const { name, bundle, platform = "browser" } of [...clients, ...SIZE_ONLY]) {
    if (bundle !== undefined)
      sizes.push({
        name,
        note: platform === "node" ? "for Node only" : "",
        ...weighed(await packed(bundle, platform)),
      });
  }
  return sizes;
}

const weighed = (contents) => ({
  minified: contents.length,
  gzip: gzipSync(contents, { level: 9 }).length,
  brotli: brotliCompressSync(contents).length,
});
