// A module that was compiled in another realm, as in the sandboxes of edge platforms.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { PACKAGE } from "../helpers/setup.mjs";

const bytes = await readFile(new URL("openprospect.wasm", PACKAGE));
const COPIES = [
  ["import", await import(new URL("slim.js", PACKAGE).href)],
  ["require", createRequire(import.meta.url)(new URL("slim.cjs", PACKAGE).pathname)],
];

for (const [how, { initSync, OpenProspect }] of COPIES) {
  test(`slim, ${how}: initSync`, () => {
    const module = runInNewContext("new WebAssembly.Module(bytes)", { bytes });
    assert.ok(!(module instanceof WebAssembly.Module));
    initSync(module);
    assert.equal(new OpenProspect({ apiKey: "lnc_test_x" }).constructor, OpenProspect);
  });
}
