// The folder of the package under test.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.env.OPENPROSPECT_PKG;
export const PACKAGE = folder ? pathToFileURL(`${folder}/`) : new URL("../../pkg/", import.meta.url);

/** Its version, or null if there is no package. */
export function version() {
  try {
    return JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8")).version;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return null;
  }
}
