// The suite in Bun: unbundled, and as one file bundled by Bun.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { place } from "../suite/place.mjs";
import { makeProject, run } from "../suite/project.mjs";
import { bun } from "./programs.mjs";

const MAIN = `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";
await runSuite(openprospect, Bun.argv[2]);
`;
const RESOLVED = 'console.log(import.meta.resolve("openprospect"));';

let project;
before(async () => {
  project = await makeProject({ "main.mjs": MAIN, "resolved.mjs": RESOLVED });
});
after(() => project.remove());

async function runBun(...args) {
  const env = { ...process.env, DO_NOT_TRACK: "1", BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0", NO_COLOR: "1" };
  const { stdout, stderr } = await run(await bun(), args, { cwd: project.folder, env });
  assert.equal(stderr, "");
  return stdout;
}

place("Bun, import", {}, async (address) => {
  assert.match(await runBun("resolved.mjs"), /\/node_modules\/openprospect\/index\.js\n$/);
  await runBun("main.mjs", address);
});

place("Bun, one file of bun build", {}, async (address) => {
  await runBun("build", "main.mjs", "--target=bun", "--outfile=dist/one.js");
  assert.doesNotMatch(
    await readFile(join(project.folder, "dist/one.js"), "utf8"),
    /(?:from|import|require\() ?"openprospect"/,
  );
  await runBun("dist/one.js", address);
});
