// The suite in Deno, with network access only: without environment variables and files.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { join } from "node:path";
import { place } from "../suite/place.mjs";
import { makeProject, run } from "../suite/project.mjs";
import { deno } from "./programs.mjs";

const MAIN = `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";
const entry = import.meta.resolve("openprospect");
if (!entry.endsWith("/node_modules/openprospect/index.js")) throw new Error(entry);
await runSuite(openprospect, Deno.args[0]);
`;

let project;
before(async () => {
  project = await makeProject({ "main.mjs": MAIN });
});
after(() => project.remove());

place("Deno, --allow-net", {}, async (address) => {
  const env = { ...process.env, DENO_DIR: join(project.folder, ".deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  const options = ["--no-prompt", "--cached-only", "--allow-net"];
  const { stderr } = await run(await deno(), ["run", ...options, "main.mjs", address], { cwd: project.folder, env });
  assert.equal(stderr, "");
});
