// The folder of the package under test.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const given = process.env.OPENPROSPECT_PKG;
export const PACKAGE = given ? pathToFileURL(`${given}/`) : new URL("../../pkg/", import.meta.url);

/** Its version, or null where there is no package. */
export function version() {
  try {
    return JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8")).version;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return null;
  }
}
