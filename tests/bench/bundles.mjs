// The size that each client adds to a program: bundled and minified, and compressed as in transfer.

import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { OURS } from "./clients/index.mjs";
import { PACKAGE } from "./package.mjs";

/** Clients of one specific API: they cannot be measured under load against this server. */
export const SIZE_ONLY = [{ name: "stripe", packages: ["stripe"], bundle: 'export { default } from "stripe"' }];

const CLIENT = "OpenProspect, isOpenProspectError";

/** The entries of this package and their usual imports. */
const ENTRIES = [
  { name: OURS, file: "index.js", imports: CLIENT, note: "with its WebAssembly module" },
  { name: `${OURS}/slim`, file: "slim.js", imports: `${CLIENT}, init`, note: "needs the next row" },
  { name: `${OURS}.wasm`, file: "openprospect.wasm", note: "a separate file" },
  { name: `${OURS}, workerd`, file: "workerd.js", imports: CLIENT, note: "with the same file" },
  { name: `${OURS}/testing`, file: "testing/index.js", imports: "mockOpenProspect", note: "for tests" },
];

export async function bundles(clients) {
  // Imported here, so that the load measurements work without it.
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
  for (const { name, file, imports, note } of ENTRIES) {
    const path = fileURLToPath(new URL(file, PACKAGE));
    const contents = imports
      ? await packed(`export { ${imports} } from ${JSON.stringify(path)}`, "browser")
      : readFileSync(path);
    sizes.push({ name, note, ...sizeOf(contents) });
  }
  for (const { name, bundle, platform = "browser" } of [...clients, ...SIZE_ONLY]) {
    if (bundle !== undefined)
      sizes.push({
        name,
        note: platform === "node" ? "Node only" : "",
        ...sizeOf(await packed(bundle, platform)),
      });
  }
  return sizes;
}

const sizeOf = (contents) => ({
  minified: contents.length,
  gzip: gzipSync(contents, { level: 9 }).length,
  brotli: brotliCompressSync(contents).length,
});
