// The suite in each version of Node: by import, by require, and as one bundled file outside of its folder.

import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { place } from "../suite/place.mjs";
import { makeProject, run } from "../suite/project.mjs";
import { nodeOf, VERSIONS } from "./node-versions.mjs";

const FILES = {
  "esm.mjs": `
import * as openprospect from "openprospect";
import { runSuite } from "./suite/run.mjs";
await runSuite(openprospect, process.argv[2]);
`,
  "commonjs.cjs": `
const openprospect = require("openprospect");
import("./suite/run.mjs").then(({ runSuite }) => runSuite(openprospect, process.argv[2]));
`,
};
const BUNDLE_ENTRY = `
const openprospect = require("openprospect");
const { runSuite } = require("./suite/run.mjs");
runSuite(openprospect, process.argv[2]);
`;

let project;
before(async () => {
  project = await makeProject(FILES);
});
after(() => project.remove());

/**
 * @param {string} program
 * @param {string} file
 * @param {string} address
 * @param {import("node:child_process").ExecFileOptions} [options]
 */
const start = (program, file, address, options) => run(program, [join(project.folder, file), address], options);

for (const version of VERSIONS) {
  place(`Node ${version}, import`, {}, (address) => start(nodeOf(version), "esm.mjs", address));
  place(`Node ${version}, require`, {}, (address) => start(nodeOf(version), "commonjs.cjs", address));
}

place("Node, one CommonJS file started from another folder", {}, async (address) => {
  await project.write("entry.cjs", BUNDLE_ENTRY);
  await build({
    entryPoints: [join(project.folder, "entry.cjs")],
    outfile: join(project.folder, "dist/one.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "silent",
  });
  return start(process.execPath, "dist/one.cjs", address, { cwd: tmpdir() });
});
