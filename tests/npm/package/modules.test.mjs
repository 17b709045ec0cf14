// The files of src/: no file imports itself, by whatever way around, and none is long.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));
const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(SRC, join(entry.parentPath ?? entry.path, entry.name)));
const text = (file) => readFileSync(join(SRC, file), "utf8");

/** The code of a Rust file without its tests and comments. */
const code = (file) =>
  text(file)
    .split("#[cfg(test)]\nmod ")[0]
    .replace(/^\s*\/\/.*$/gm, "");

/** The file of a module path such as `limiter/queue`; of an item of a module, the module's file. */
function fileOf(path) {
  for (let parts = path; ; parts = parts.slice(0, -1)) {
    const found = [`${parts.join("/")}.rs`, `${parts.join("/")}/mod.rs`].find((file) => files.includes(file));
    if (found !== undefined || parts.length === 0) return found;
  }
}

/** The modules that a `use` names, from `a::{b, c::{d, e}}`. */
function* named(tree, prefix = []) {
  const [, path, group] = /^([\w:]*?)(?:::)?(?:\{(.*)\})?$/s.exec(tree.trim()) ?? [];
  const own = [...prefix, ...(path ?? "").split("::").filter(Boolean)];
  if (group === undefined) yield own;
  else for (const part of split(group)) yield* named(part, own);
}

function split(group) {
  const parts = [""];
  let depth = 0;
  for (const letter of group) {
    depth += { "{": 1, "}": -1 }[letter] ?? 0;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.filter((part) => part.trim() !== "");
}

function rustImports(file) {
  const module = file.replace(/(?:\/mod)?\.rs$/, "").split("/");
  const isLibrary = file === "lib.rs";
  const found = new Set();
  for (const [, tree] of code(file).matchAll(/^\s*(?:pub(?:\([a-z]+\))? )?use ([^;]+);/gm)) {
    for (const path of named(tree.replace(/ as \w+/g, ""))) {
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

const scriptImports = (file) =>
  [...text(file).matchAll(/^(?:import|export)\b[^"]*?from "\.\/([\w-]+\.js)"/gms)]
    .map(([, name]) => join(dirname(file), name))
    .filter((name) => files.includes(name));

/** A way from a file back to itself. */
function cycle(imports) {
  const done = new Set();
  const visit = (file, way) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const found = visit(next, [...way, file]);
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

const graph = (extension, read) =>
  new Map(files.filter((file) => file.endsWith(extension)).map((file) => [file, read(file)]));

describe("no import cycle", () => {
  test("Rust", () => {
    const imports = graph(".rs", rustImports);
    assert.ok(imports.get("wasm/call.rs").includes("wasm/fetch.rs"), "imports are found");
    assert.equal(cycle(imports), undefined);
  });
  test("JavaScript", () => {
    const imports = graph(".js", scriptImports);
    assert.ok(imports.get("wasm/js/client.js").includes("wasm/js/instance.js"), "imports are found");
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
