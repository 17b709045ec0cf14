// The package in the tests of a program for browsers: with jest and vitest, which add a DOM to Node.

import assert from "node:assert/strict";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeOf } from "../runtimes/node-versions.mjs";
import { makeProject, run } from "../suite/project.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** jest-environment-jsdom replaces Node's globals and has no fetch; a program may add Node's. */
const OWN_FETCH = `
const { TestEnvironment } = require("jest-environment-jsdom");
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { fetch, Request, Response, Headers });
  }
};
`;
const jest = (hasFetch) => `
const cases = require("./cases.cjs");
for (const [name, run] of cases(require("openprospect"), require("openprospect/testing"), ${hasFetch})) test(name, run);
`;
const vitest = `
import { createRequire } from "node:module";
import * as openprospect from "openprospect";
import * as testing from "openprospect/testing";
import { test } from "vitest";
for (const [name, run] of createRequire(import.meta.url)("./cases.cjs")(openprospect, testing, true)) test(name, run);
`;
const FILES = {
  "jest.config.json": JSON.stringify({ testEnvironment: "jsdom", testMatch: ["<rootDir>/jsdom.jest.js"] }),
  "jsdom.jest.js": jest(false),
  "fetch.config.json": JSON.stringify({ testEnvironment: "./own-fetch.js", testMatch: ["<rootDir>/fetch.jest.js"] }),
  "own-fetch.js": OWN_FETCH,
  "fetch.jest.js": jest(true),
  "vitest.test.mjs": vitest,
};

let project;
before(async () => {
  project = await makeProject(FILES);
  await cp(join(HERE, "cases.cjs"), join(project.folder, "cases.cjs"));
  for (const name of ["jest", "jest-environment-jsdom", "vitest", "jsdom", "happy-dom"])
    await symlink(join(HERE, "node_modules", name), join(project.folder, "node_modules", name));
});
after(() => project.remove());

for (const version of [20, 24]) {
  describe(`Node ${version}`, () => {
    /** Runs the tests of the program, and checks how many passed. */
    async function passes(args, count) {
      const options = {
        cwd: project.folder,
        env: {
          ...process.env,
          NODE_ENV: "test",
          NO_COLOR: "1",
          CI: "1",
          FORCE_COLOR: undefined,
          NODE_TEST_CONTEXT: undefined,
        },
      };
      const { stdout, stderr } = await run(nodeOf(version), args, options).catch((error) => error);
      assert.ok(new RegExp(`Tests:? +${count} passed`).test(`${stdout}${stderr}`), `${stdout}${stderr}`);
    }

    test("jest with jsdom", () => passes(["node_modules/jest/bin/jest.js", "--config", "jest.config.json"], 6));
    test("jest with jsdom, and Node's fetch", () =>
      passes(["node_modules/jest/bin/jest.js", "--config", "fetch.config.json"], 8));
    for (const environment of ["jsdom", "happy-dom", "node"]) {
      test(`vitest with ${environment}`, () =>
        passes(["node_modules/vitest/vitest.mjs", "run", "--environment", environment], 8));
    }
  });
}
