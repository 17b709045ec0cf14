// The programs of the runtimes, from the packages that npm installs.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("node_modules/", import.meta.url));
const EXTENSION = process.platform === "win32" ? ".exe" : "";

/** Straight from the one package of the scope that fits the platform, since install scripts may not run. */
const program = async (scope, path) => {
  const [fitting] = await readdir(join(MODULES, scope));
  return join(MODULES, scope, fitting, path + EXTENSION);
};

export const deno = () => program("@deno", "deno");
export const bun = () => program("@oven", "bin/bun");
