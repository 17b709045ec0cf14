// A project of a user: the package as `npm pack` makes it, installed by npm, and the suite beside it.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKAGE } from "../helpers/setup.mjs";

export const run = promisify(execFile);
const SUITE = fileURLToPath(new URL(".", import.meta.url));
/** What a place imports of it. */
const PARTS = [
  "broken.mjs",
  "canary.mjs",
  "checks.mjs",
  "expect.mjs",
  "readings.mjs",
  "run.mjs",
  "spellings.mjs",
  "surroundings.mjs",
];
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Makes a project in a folder of its own, which goes when the tests are over.
 *
 * `files` are texts by name. `suite/` has the checks: `import { runSuite } from "./suite/run.mjs"`.
 */
export async function makeProject(files = {}, manifest = {}) {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: fileURLToPath(PACKAGE),
    });
    const [{ filename }] = JSON.parse(stdout);
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "a-project", private: true, version: "0.0.0", ...manifest }),
    );
    await run("npm", ["install", "--offline", ...QUIET, `./${filename}`], { cwd: folder });
    await mkdir(join(folder, "suite"));
    for (const name of PARTS) await cp(join(SUITE, name), join(folder, "suite", name));
    for (const [name, text] of Object.entries(files)) await write(folder, name, text);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, write: (name, text) => write(folder, name, text), remove };
}

async function write(folder, name, text) {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), text);
}
