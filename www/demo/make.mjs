// Makes the page's folder: its own files, the package beside them, and what the forms are made of. Any host can serve it.

import { cp, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const WWW = fileURLToPath(new URL("../", import.meta.url));
/** What is of the making, not of the page. */
const NOT_SHOWN = new Set(["demo", "demo.mjs", "package.json"]);
const PACKAGE_FILES = [
  "index.js",
  "index.d.ts",
  "testing/index.js",
  "testing/index.d.ts",
  "LICENSE-APACHE",
  "LICENSE-MIT",
];

/**
 * @param {string} place where the folder goes
 * @param {string} packed the folder of the built package
 */
export async function makePage(place, packed) {
  // Seen whole or not at all, also by a server that is reading the one before.
  const draft = `${place}.draft-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(draft), { recursive: true });
  const isShown = (path) => path === WWW || dirname(path) !== dirname(`${WWW}x`) || !NOT_SHOWN.has(basename(path));
  await cp(WWW, draft, { recursive: true, filter: isShown });
  for (const name of PACKAGE_FILES) await cp(`${packed}/${name}`, `${draft}/openprospect/${name}`);
  await cp(`${packed}/bin/operations.json`, `${draft}/openprospect/operations.json`);
  await rm(place, { recursive: true, force: true });
  await rename(draft, place);
}
