// A dry run of `npm publish` corrects nothing and prints no warning.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listen, PACKAGE } from "../helpers/setup.mjs";

const run = promisify(execFile);

test("npm publish --dry-run is clean", async (t) => {
  const registry = await listen(t, (_request, response) =>
    response.writeHead(404, { "content-type": "application/json" }).end("{}"),
  );
  const options = ["--dry-run", "--json", `--registry=${registry}/`, "--loglevel=warn", "--no-update-notifier"];
  const { stdout, stderr } = await run("npm", ["publish", ...options], { cwd: fileURLToPath(PACKAGE) });
  // The only warning is about the dry run itself.
  const warnings = stderr.split("\n").filter((line) => line !== "" && !/requires you to be logged in/.test(line));
  assert.deepEqual(warnings, []);
  const { version } = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  const published = JSON.parse(stdout);
  assert.equal((published.openprospect ?? published).id, `openprospect@${version}`);
});

test("the metadata and documents that npm displays", async () => {
  const manifest = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  assert.deepEqual(manifest.publishConfig, { access: "public", provenance: true });
  assert.ok(manifest.description.length > 20 && manifest.keywords.length > 3);
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"]) {
    assert.ok((await readFile(new URL(name, PACKAGE), "utf8")).length > 500, name);
  }
  assert.ok((await readFile(new URL("CHANGELOG.md", PACKAGE), "utf8")).includes(`## [${manifest.version}] - `));
});
