// Writes the page's folder: its own files, the package, and the table of operations. Any host can serve it.

import { cp, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const WWW = fileURLToPath(new URL("../", import.meta.url));
/** Files of the build, not of the page; `openprospect` has declarations here, and the package in the page. */
const EXCLUDED = new Set(["demo", "demo.mjs", "guides", "openprospect", "package.json", "tsconfig.json"]);
const PACKAGE_FILES = [
  "index.js",
  "index.d.ts",
  "testing/index.js",
  "testing/index.d.ts",
  "LICENSE-APACHE",
  "LICENSE-MIT",
];

/**
 * @param {string} target the folder to write
 * @param {string} packageFolder the built package
 */
export async function makePage(target, packageFolder) {
  // Renamed when it is complete, so that a running server never serves half of it.
  const draft = `${target}.draft-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(draft), { recursive: true });
  /** @param {string} path */
  const isIncluded = (path) => {
    const isTopLevel = path !== WWW && dirname(path) === dirname(`${WWW}x`);
    return !path.endsWith(".d.ts") && !(isTopLevel && EXCLUDED.has(basename(path)));
  };
  await cp(WWW, draft, { recursive: true, filter: isIncluded });
  for (const name of PACKAGE_FILES) await cp(`${packageFolder}/${name}`, `${draft}/openprospect/${name}`);
  await cp(`${packageFolder}/bin/operations.json`, `${draft}/openprospect/operations.json`);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}
