// A user's project: the package from `npm pack`, installed by npm, with the files of the suite.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKAGE } from "../helpers/setup.mjs";

export const run = promisify(execFile);
const SUITE = fileURLToPath(new URL(".", import.meta.url));
/** The files that run in an environment. */
const FILES = [
  "canary.mjs",
  "checks.mjs",
  "error-checks.mjs",
  "expect.mjs",
  "key-encodings.mjs",
  "module-failures.mjs",
  "readings.mjs",
  "run.mjs",
  "surroundings.mjs",
];
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Makes a project in a temporary folder; the caller removes it with `remove`.
 *
 * @param {Record<string, string>} files Contents by name. `suite/` has the checks: `import { runSuite } from
 * "./suite/run.mjs"`.
 * @param {object} manifest Further fields of package.json.
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
    for (const name of FILES) await cp(join(SUITE, name), join(folder, "suite", name));
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
