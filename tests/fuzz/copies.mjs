// Copies of the package that were not used before: the clock of a copy never goes back, so that what is played on a made-up one
// again and again needs new copies. Nobody keeps what they hand out.

import { createRequire } from "node:module";
import { PACKAGE } from "../npm/helpers/setup.mjs";

const require = createRequire(import.meta.url);
const CJS = new URL("index.cjs", PACKAGE).pathname;
let number = 0;

async function byImport() {
  number += 1;
  return import(new URL(`index.js?${number}`, PACKAGE));
}

function byRequire() {
  delete require.cache[CJS];
  return require(CJS);
}

/** New ones, by import and by require, with their names. */
export const newCopies = async () => [
  ["import", await byImport()],
  ["require", byRequire()],
];
