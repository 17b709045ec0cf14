// The suite in Node: as an ES module, by require, and as one bundled file that knows nothing of its folder.

import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { place } from "../suite/place.mjs";
import { makeProject, run } from "../suite/project.mjs";

const FILES = {
  "esm.mjs": 'import * as openprospect from "openprospect";\nimport { runSuite } from "./suite/run.mjs";\nawait runSuite(openprospect, process.argv[2]);\n',
  "commonjs.cjs": 'const openprospect = require("openprospect");\nimport("./suite/run.mjs").then(({ runSuite }) => runSuite(openprospect, process.argv[2]));\n',
};

let project;
before(async () => { project = await makeProject(FILES); });
after(() => project.remove());

const node = (file, address, options) => run(process.execPath, [join(project.folder, file), address], options);

place("Node, import", {}, (address) => node("esm.mjs", address));
place("Node, require", {}, (address) => node("commonjs.cjs", address));

place("Node, one CommonJS file started from another folder", {}, async (address) => {
  const entry = 'const openprospect = require("openprospect");\nconst { runSuite } = require("./suite/run.mjs");\nrunSuite(openprospect, process.argv[2]);\n';
  await project.write("entry.cjs", entry);
  await build({ entryPoints: [join(project.folder, "entry.cjs")], outfile: join(project.folder, "dist/one.cjs"), bundle: true, platform: "node", format: "cjs", logLevel: "silent" });
  return node("dist/one.cjs", address, { cwd: tmpdir() });
});
