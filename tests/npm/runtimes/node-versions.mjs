// The versions of Node that the package is tried on: the oldest that it supports, and each long-term version since. A binary of each
// comes with npm.

import { fileURLToPath } from "node:url";

export const VERSIONS = [20, 22, 24, 26];

/** The program of a version. */
export function nodeOf(version) {
  return fileURLToPath(
    new URL(`node_modules/node-${version}-${process.platform}-${process.arch}/bin/node`, import.meta.url),
  );
}
