// Each thing that the project depends on has its reason in CONTRIBUTING.md, and each of its packages a hash in a lock.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

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

/** The crates that a manifest names itself. */
function crates(manifest) {
  const names = [];
  let isOpen = false;
  for (const line of manifest.split("\n")) {
    const [, section] = /^\[(.+)\]$/.exec(line) ?? [];
    if (section !== undefined) {
      const [, name] = /dependencies\.([\w-]+)$/.exec(section) ?? [];
      if (name !== undefined) names.push(name);
      isOpen = /(?:^|[.-])dependencies$/.test(section);
    } else if (isOpen) {
      const [, name] = /^([\w-]+)\s*=/.exec(line) ?? [];
      if (name !== undefined) names.push(name);
    }
  }
  return names.filter((name) => name !== "openprospect");
}

/** The names in the first column of the tables of dependencies that have something in the second. */
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

test("each locked package has its hash, and names no place that it is from", async () => {
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

test("each locked crate is crates.io's", async () => {
  for (const name of ["Cargo.lock", "tests/fuzz/Cargo.lock"]) {
    const sources = [...(await read(name)).matchAll(/^source = "(.*)"$/gm)].map(([, source]) => source);
    assert.deepEqual([...new Set(sources)], ["registry+https://github.com/rust-lang/crates.io-index"], name);
  }
});
