// Lines and files of bounded length. The formatter does not split strings, templates and comments.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const MAX_CHARACTERS = 120;
const MAX_LINES = 400;
/** One table, which is easier to read in one file. */
const EXEMPT = ["src/operations.rs"];

/**
 * The lines of each tracked file of these folders.
 *
 * @param {string[]} folders
 */
function linesOf(...folders) {
  const names = execFileSync("git", ["ls-files", "-z", "--", ...folders], { cwd: ROOT, encoding: "utf8" }).split("\0");
  return names
    .filter((name) => name !== "" && existsSync(join(ROOT, name)))
    .map((name) => ({ name, lines: readFileSync(join(ROOT, name), "utf8").split("\n") }));
}

test(`no line of a script has more than ${MAX_CHARACTERS} characters`, () => {
  const scripts = linesOf("src/wasm/js", "pkg-template", "www", "tests").filter(({ name }) =>
    /\.[cm]?[jt]s$/.test(name),
  );
  assert.ok(scripts.length > 100, `${scripts.length} files`);
  const long = scripts.flatMap(({ name, lines }) =>
    lines.flatMap((line, index) => ([...line].length > MAX_CHARACTERS ? [`${name}:${index + 1}`] : [])),
  );
  assert.deepEqual(long, []);
});

test(`no file of src has more than ${MAX_LINES} lines`, () => {
  const sources = linesOf("src");
  assert.ok(sources.length > 50, `${sources.length} files`);
  const long = sources.flatMap(({ name, lines }) => {
    const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    return count > MAX_LINES && !EXEMPT.includes(name) ? [`${name}: ${count} lines`] : [];
  });
  assert.deepEqual(long, []);
});
