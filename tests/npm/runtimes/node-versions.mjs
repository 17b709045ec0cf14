// The tested versions of Node: the oldest supported one, and each long-term version since. The binaries are npm
// packages.

import { fileURLToPath } from "node:url";

export const VERSIONS = [20, 22, 24, 26];

/** The binary of a version. */
export function nodeOf(version) {
  return fileURLToPath(
    new URL(`node_modules/node-${version}-${process.platform}-${process.arch}/bin/node`, import.meta.url),
  );
}
