// The files of src/ have no import cycle.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));
const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(SRC, join(entry.parentPath ?? entry.path, entry.name)));
/** @param {string} file */
const text = (file) => readFileSync(join(SRC, file), "utf8");

/**
 * The code of a Rust file, without its tests and comments.
 *
 * @param {string} file
 */
const code = (file) =>
  text(file)
    .split("#[cfg(test)]\nmod ")[0]
    .replace(/^\s*\/\/.*$/gm, "");

/**
 * The file of a module, or of the module that contains an item.
 *
 * @param {string[]} path such as `["limiter", "queue"]`
 */
function fileOf(path) {
  for (let parts = path; ; parts = parts.slice(0, -1)) {
    const found = [`${parts.join("/")}.rs`, `${parts.join("/")}/mod.rs`].find((file) => files.includes(file));
    if (found !== undefined || parts.length === 0) return found;
  }
}

/**
 * The paths of a `use` tree such as `a::{b, c::{d, e}}`.
 *
 * @param {string} tree
 * @param {string[]} prefix
 * @returns {Generator<string[]>}
 */
function* paths(tree, prefix = []) {
  const [, path, group] = /^([\w:]*?)(?:::)?(?:\{(.*)\})?$/s.exec(tree.trim()) ?? [];
  const own = [...prefix, ...(path ?? "").split("::").filter(Boolean)];
  if (group === undefined) yield own;
  else for (const part of split(group)) yield* paths(part, own);
}

/**
 * The branches of a `use` group.
 *
 * @param {string} group
 */
function split(group) {
  const parts = [""];
  let depth = 0;
  for (const letter of group) {
    if (letter === "{") depth += 1;
    else if (letter === "}") depth -= 1;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.filter((part) => part.trim() !== "");
}

/** @param {string} file */
function rustImports(file) {
  const module = file.replace(/(?:\/mod)?\.rs$/, "").split("/");
  const isLibrary = file === "lib.rs";
  const found = new Set();
  for (const [, tree] of code(file).matchAll(/^\s*(?:pub(?:\([a-z]+\))? )?use ([^;]+);/gm)) {
    for (const path of paths(tree.replace(/ as \w+/g, ""))) {
      const [first, ...rest] = path;
      if (first === "crate") found.add(fileOf(rest));
      else if (first === "super") found.add(fileOf([...module.slice(0, -1), ...rest]));
      else if (!isLibrary && fileOf([...module, first]) !== file) found.add(fileOf([...module, ...path]));
    }
  }
  found.delete(undefined);
  found.delete(file);
  return [...found];
}

/** @param {string} file */
const scriptImports = (file) =>
  [...text(file).matchAll(/^(?:import|export)\b[^"]*?from "\.\/([\w-]+\.js)"/gms)]
    .map(([, name]) => join(dirname(file), name))
    .filter((name) => files.includes(name));

/**
 * An import cycle.
 *
 * @param {Map<string, string[]>} imports
 */
function cycle(imports) {
  const done = new Set();
  /**
   * @param {string} file
   * @param {string[]} path of the imports that lead to it
   * @returns {string[] | undefined}
   */
  const visit = (file, path) => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const found = visit(file, []);
    if (found) return found.join(" → ");
  }
  return undefined;
}

/**
 * @param {string} extension
 * @param {(file: string) => string[]} read
 */
const graph = (extension, read) =>
  new Map(files.filter((file) => file.endsWith(extension)).map((file) => [file, read(file)]));

describe("no import cycle", () => {
  test("Rust", () => {
    const imports = graph(".rs", rustImports);
    assert.ok(imports.get("wasm/call.rs")?.includes("wasm/fetch.rs"), "imports are found");
    assert.equal(cycle(imports), undefined);
  });
  test("JavaScript", () => {
    const imports = graph(".js", scriptImports);
    assert.ok(imports.get("wasm/js/client.js")?.includes("wasm/js/instance.js"), "imports are found");
    assert.equal(cycle(imports), undefined);
  });
  test("a cycle is found", () =>
    assert.equal(
      cycle(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
      "b → c → b",
    ));
});
