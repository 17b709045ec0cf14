// The suite in each version of Node: as an ES module, by require, and as one bundled file that knows nothing of its folder.

import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { place } from "../suite/place.mjs";
import { makeProject, run } from "../suite/project.mjs";
import { nodeOf, VERSIONS } from "./node-versions.mjs";

const FILES = {
  "esm.mjs":
    'import * as openprospect from "openprospect";\nimport { runSuite } from "./suite/run.mjs";\nawait runSuite(openprospect, process.argv[2]);\n',
  "commonjs.cjs":
    'const openprospect = require("openprospect");\nimport("./suite/run.mjs").then(({ runSuite }) => runSuite(openprospect, process.argv[2]));\n',
};

let project;
before(async () => {
  project = await makeProject(FILES);
});
after(() => project.remove());

const start = (program, file, address, options) => run(program, [join(project.folder, file), address], options);

for (const version of VERSIONS) {
  place(`Node ${version}, import`, {}, (address) => start(nodeOf(version), "esm.mjs", address));
  place(`Node ${version}, require`, {}, (address) => start(nodeOf(version), "commonjs.cjs", address));
}

place("Node, one CommonJS file started from another folder", {}, async (address) => {
  const entry =
    'const openprospect = require("openprospect");\nconst { runSuite } = require("./suite/run.mjs");\nrunSuite(openprospect, process.argv[2]);\n';
  await project.write("entry.cjs", entry);
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
