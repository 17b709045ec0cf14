// The binaries of Deno and Bun, from npm packages.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("node_modules/", import.meta.url));
const EXTENSION = process.platform === "win32" ? ".exe" : "";

/** From the only installed package of the scope, that of the platform, since install scripts may not run. */
const program = async (scope, path) => {
  const [name] = await readdir(join(MODULES, scope));
  return join(MODULES, scope, name, path + EXTENSION);
};

export const deno = () => program("@deno", "deno");
export const bun = () => program("@oven", "bin/bun");
