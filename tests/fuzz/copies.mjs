// New copies of the package: the clock of a copy never goes back, so that runs on a fake clock need new copies. The
// canary does not collect their values.

import { createRequire } from "node:module";
import { PACKAGE } from "../npm/helpers/setup.mjs";

const require = createRequire(import.meta.url);
const CJS = new URL("index.cjs", PACKAGE).pathname;
let number = 0;

async function byImport() {
  number += 1;
  return import(new URL(`index.js?${number}`, PACKAGE).href);
}

function byRequire() {
  delete require.cache[CJS];
  return require(CJS);
}

/**
 * New copies, by import and by require, with their names.
 *
 * @returns {Promise<[name: string, copy: any][]>}
 */
export const newCopies = async () => [
  ["import", await byImport()],
  ["require", byRequire()],
];
