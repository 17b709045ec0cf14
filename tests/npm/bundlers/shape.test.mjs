// Two linters of packages on the tarball: publint for its manifest, attw for its types.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { PACKAGE } from "../helpers/setup.mjs";
import { run } from "../suite/project.mjs";
import { tool } from "./page.mjs";

const ATTW = fileURLToPath(new URL("node_modules/@arethetypeswrong/cli/dist/index.js", import.meta.url));

let folder;
let tarball;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "openprospect-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: fileURLToPath(PACKAGE),
  });
  tarball = join(folder, JSON.parse(stdout)[0].filename);
});
after(() => rm(folder, { recursive: true, force: true }));

test("publint reports no problems", async () => {
  const { buffer } = Uint8Array.from(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  );
});

test("attw resolves the types of every entry in every module mode", async () => {
  // A wasm file has no types: the bundler defines the result of its import.
  const options = [
    "--profile",
    "strict",
    "--exclude-entrypoints",
    "openprospect.wasm",
    "--format",
    "ascii",
    "--no-color",
  ];
  assert.match(await tool(folder, [ATTW, tarball, ...options]), /No problems found/);
});
