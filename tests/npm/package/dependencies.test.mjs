// CONTRIBUTING.md has a reason for each dependency, and each locked package has a hash.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

/** @param {string} name */
const read = (name) => readFile(new URL(`../../../${name}`, import.meta.url), "utf8");
const FOLDERS = [
  "",
  "tests/bench/",
  "tests/npm/runtimes/",
  "tests/npm/environments/",
  "tests/npm/bundlers/",
  "tests/npm/next/",
  "tests/npm/page/",
];

/**
 * The direct dependencies of a manifest.
 *
 * @param {string} manifest
 */
function crates(manifest) {
  const names = [];
  let isDependencies = false;
  for (const line of manifest.split("\n")) {
    const [, section] = /^\[(.+)\]$/.exec(line) ?? [];
    if (section !== undefined) {
      const [, name] = /dependencies\.([\w-]+)$/.exec(section) ?? [];
      if (name !== undefined) names.push(name);
      isDependencies = /(?:^|[.-])dependencies$/.test(section);
    } else if (isDependencies) {
      const [, name] = /^([\w-]+)\s*=/.exec(line) ?? [];
      if (name !== undefined) names.push(name);
    }
  }
  return names.filter((name) => name !== "openprospect");
}

/**
 * The names in the first column of the tables of dependencies, with a reason in the second.
 *
 * @param {string} text of CONTRIBUTING.md
 */
function reasons(text) {
  const section = text.slice(text.indexOf("\n## Dependencies"));
  const rows = [...section.matchAll(/^\| (.*?) \| (.+?) \|$/gm)];
  return new Set(
    rows
      .filter(([, , why]) => !/^-+$/.test(why))
      .flatMap(([, names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
  );
}

test("each dependency has its reason", async () => {
  const known = reasons(await read("CONTRIBUTING.md"));
  const missing = [];
  for (const name of ["Cargo.toml", "xtask/Cargo.toml", "tests/fuzz/Cargo.toml"]) {
    const found = crates(await read(name));
    assert.ok(found.length > 0, name);
    missing.push(...found.filter((crate) => !known.has(crate)).map((crate) => `${name}: ${crate}`));
  }
  for (const folder of FOLDERS) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(await read(`${folder}package.json`));
    const found = Object.keys({ ...dependencies, ...devDependencies });
    assert.ok(found.length > 0, folder);
    missing.push(...found.filter((name) => !known.has(name)).map((name) => `${folder}package.json: ${name}`));
  }
  assert.deepEqual(missing, []);
});

test("each locked package has a hash, and is from the npm registry", async () => {
  for (const folder of FOLDERS) {
    const { packages } = JSON.parse(await read(`${folder}package-lock.json`));
    for (const [name, { integrity, resolved, link }] of Object.entries(packages)) {
      if (name === "" || link === true) continue;
      assert.match(integrity ?? "", /^sha512-/, `${folder} ${name}`);
      assert.ok(
        resolved === undefined || resolved.startsWith("https://registry.npmjs.org/"),
        `${folder} ${name}: ${resolved}`,
      );
    }
  }
});

test("each locked crate is from crates.io", async () => {
  for (const name of ["Cargo.lock", "tests/fuzz/Cargo.lock"]) {
    const sources = [...(await read(name)).matchAll(/^source = "(.*)"$/gm)].map(([, source]) => source);
    assert.deepEqual([...new Set(sources)], ["registry+https://github.com/rust-lang/crates.io-index"], name);
  }
});
