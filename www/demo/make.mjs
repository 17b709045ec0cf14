// Makes the page's folder: its own files, the package beside them, and what the forms are made of. Any host can serve it.

import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readOperations } from "../explorer/operations.js";
import { parametersOf } from "./parameters.mjs";

const WWW = fileURLToPath(new URL("../", import.meta.url));
/** What is of the making, not of the page. */
const NOT_SHOWN = new Set(["demo", "demo.mjs", "package.json"]);
const PACKAGE_FILES = ["index.js", "index.d.ts", "testing/index.js", "testing/index.d.ts", "LICENSE-APACHE", "LICENSE-MIT"];

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
  await writeFile(`${draft}/parameters.json`, JSON.stringify(await parameters(packed)));
  await rm(place, { recursive: true, force: true });
  await rename(draft, place);
}

async function parameters(packed) {
  const { OpenProspect } = await import(pathToFileURL(`${packed}/index.js`));
  // The first client starts the module, which has the table.
  new OpenProspect({ baseUrl: "https://localhost" }).free();
  return parametersOf(`${packed}/index.d.ts`, readOperations(OpenProspect.operations()));
}
