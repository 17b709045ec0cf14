// The exports and files of the package, and that importing it has no side effect.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COPIES, PACKAGE } from "../helpers/setup.mjs";

const run = promisify(execFile);
const FOLDER = fileURLToPath(PACKAGE);

/**
 * Comments may name a type with `import("…")`.
 *
 * @param {string} text of a script
 */
const withoutComments = (text) => text.replace(/^\s*(?:\/\*[^]*?\*\/|\/\/.*)$/gm, "");

const EXPORTS = [
  "ApiError",
  "AuthenticationError",
  "AuthorizationError",
  "BadRequestError",
  "ConfigurationError",
  "ConflictError",
  "ConnectionError",
  "DecodeError",
  "InternalError",
  "NotFoundError",
  "OpenProspect",
  "OpenProspectError",
  "RateLimitError",
  "ServerError",
  "TerminalStatusError",
  "TimeoutError",
  "ValidationError",
  "isOpenProspectError",
];
const PROXY = ["PASSED_HEADERS", "createProxy", "toNodeHandler"];
const TESTING = ["DURATIONS", "ERRORS", "OPERATIONS", "TEST_KEYS", "matchBlacklist", "mockOpenProspect"];

for (const [how, copy] of COPIES) {
  test(`${how}: the exports`, () => {
    assert.deepEqual(Object.keys(copy).sort(), EXPORTS);
    for (const name of EXPORTS) assert.equal(copy[name].name, name);
    for (const name of EXPORTS.filter((name) => /^[A-Z].*Error$/.test(name)))
      assert.equal(copy[name].prototype.name, name);
  });
}

test("each entry of the manifest exists, for import and for require", async () => {
  const { exports } = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  /** @type {(entry: string | Record<string, any>) => string[]} */
  const paths = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(paths));
  for (const path of paths(exports)) assert.ok((await readFile(new URL(path, PACKAGE))).length > 0, path);
  const print = `
    const isNamed = (name) => name !== "default" && name !== "module.exports";
    console.log(JSON.stringify([a, b, c].map((entry) => Object.keys(entry).filter(isNamed).sort())));`;
  const scripts = {
    module: `
      import * as a from "openprospect";
      import * as b from "openprospect/proxy";
      import * as c from "openprospect/testing";
      ${print}`,
    commonjs: `
      const [a, b, c] = [require("openprospect"), require("openprospect/proxy"), require("openprospect/testing")];
      ${print}`,
  };
  for (const [type, script] of Object.entries(scripts)) {
    // A package may import itself by its name.
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, "-e", script], { cwd: FOLDER });
    assert.deepEqual(JSON.parse(stdout), [EXPORTS, PROXY, TESTING], type);
  }
});

describe("importing has no side effect", () => {
  const COUNT = `
    let created = 0;
    const construct = (Class, args) => ((created += 1), new Class(...args));
    for (const name of ["Module", "Instance"]) WebAssembly[name] = new Proxy(WebAssembly[name], { construct });
    for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"])
      WebAssembly[name] = () => { created += 1; };
    const before = Reflect.ownKeys(globalThis).length;
    const counts = [];
    function count() {
      const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
      counts.push([created, Reflect.ownKeys(globalThis).length - before, timers]);
    }
    function createClients(copy) {
      count();
      new copy.OpenProspectError("m");
      count();
      new copy.OpenProspect({ apiKey: "lnc_test_x" });
      count();
      new copy.OpenProspect({ apiKey: "lnc_test_x" });
      count();
      console.log(JSON.stringify(counts));
    }`;
  const SCRIPTS = {
    module: `${COUNT}; createClients(await import(${JSON.stringify(new URL("index.js", PACKAGE).href)}));`,
    commonjs: `${COUNT}; createClients(require(${JSON.stringify(`${FOLDER}index.cjs`)}));`,
  };
  for (const [type, script] of Object.entries(SCRIPTS)) {
    test(type, async () => {
      const { stdout, stderr } = await run(process.execPath, [`--input-type=${type}`, "-e", script]);
      assert.equal(stderr, "");
      // A module and an instance of the decoder, and of the client, each once.
      assert.deepEqual(JSON.parse(stdout), [
        [0, 0, 0],
        [0, 0, 0],
        [4, 0, 0],
        [4, 0, 0],
      ]);
    });
  }
});

test("npm packs the intended files, without dependencies", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: FOLDER });
  const [{ name, files }] = JSON.parse(stdout);
  assert.equal(name, "openprospect");
  const packed = files.map(({ path }) => path).sort();
  const present = (await readdir(FOLDER, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.replaceAll("//", "/").slice(FOLDER.length));
  assert.deepEqual(packed, present.sort());
  /** @param {string} folder */
  const within = (folder) => packed.filter((path) => path.startsWith(folder));
  const [inside, own] = [within("testing/"), packed.filter((path) => !/^(?:testing|proxy|bin)\//.test(path))];
  assert.deepEqual(within("bin/"), ["bin/openprospect.js", "bin/operations.json"]);
  assert.deepEqual(own, [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "LICENSE-csv-parse",
    "README.md",
    "edge-light.js",
    "index.cjs",
    "index.d.cts",
    "index.d.ts",
    "index.js",
    "openprospect.wasm",
    "package.json",
    "slim.cjs",
    "slim.d.cts",
    "slim.d.ts",
    "slim.js",
    "workerd.js",
  ]);
  assert.deepEqual(
    within("proxy/"),
    ["index.cjs", "index.d.cts", "index.d.ts", "index.js"].map((name) => `proxy/${name}`),
  );
  assert.deepEqual(
    inside,
    ["index.cjs", "index.d.cts", "index.d.ts", "index.js", "node.cjs", "node.js"].map((name) => `testing/${name}`),
  );

  const manifest = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  for (const field of [
    "dependencies",
    "peerDependencies",
    "optionalDependencies",
    "bundledDependencies",
    "scripts",
    "private",
  ])
    assert.ok(!(field in manifest), field);
  assert.match(manifest.version, /^\d+\.\d+\.\d+/);
  assert.equal(manifest.sideEffects, false);
});

describe("the sources", async () => {
  const names = (await readdir(FOLDER, { recursive: true })).filter((name) => /\.(c?js|d\.c?ts|json)$/.test(name));
  /** @type {[what: string, pattern: RegExp, files?: RegExp][]} */
  const FORBIDDEN = [
    ["eval", /(?<![-\w])eval\b|\bnew Function\b|(?<!\w)Function\s*\(/],
    // The command runs in Node only, and imports some modules on demand.
    ["a dynamic import", /(?<![.\w])import\s*\(/, /^(?!bin\/).*\.c?js$/],
    // An await within an async arrow function of one line is allowed.
    ["a top-level await", /^(?:(?!.*\basync\b)[^\s/*}].*[\s=(])?await\b/m, /\.js$/],
    ["the URL of a file", /import\.meta/, /^(?!bin\/)/],
    ["a local path", /(?:^|["'`\s(])(?:\/(?:home|root|work|tmp|Users|usr|opt|mnt)\/|[A-Z]:\\\\|file:\/\/)/m],
  ];
  for (const name of names) {
    test(name, async () => {
      const text = withoutComments(await readFile(new URL(name, PACKAGE), "utf8"));
      for (const [what, pattern, files = /./] of FORBIDDEN) {
        if (files.test(name)) assert.doesNotMatch(text, pattern, what);
      }
    });
  }

  test("the wasm module contains no local path", async () => {
    const text = (await readFile(new URL("openprospect.wasm", PACKAGE))).toString("latin1");
    assert.doesNotMatch(text, /\/(?:home|root|work|rustc|Users)\/|\.cargo|registry\/src/);
  });
});

test("the command is executable, and in no other entry", async () => {
  const { bin } = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  assert.deepEqual(bin, { openprospect: "bin/openprospect.js" });
  const path = new URL(bin.openprospect, PACKAGE);
  assert.equal((await stat(path)).mode & 0o111, 0o111);
  const text = withoutComments(await readFile(path, "utf8"));
  assert.match(text, /^#!\/usr\/bin\/env node\n/);
  // The command imports the client and the mock of the package.
  assert.deepEqual(
    [...text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)]
      .map(([, name]) => name)
      .filter((name, at, all) => all.indexOf(name) === at)
      .sort(),
    ["../index.js", "../testing/node.js"],
  );
  for (const name of ["index.js", "slim.js", "testing/node.js"])
    assert.ok(!(await readFile(new URL(name, PACKAGE), "utf8")).includes("parseArgs"), name);
});

test("the proxy is a separate entry: it imports nothing, and is in no other entry", async () => {
  for (const name of ["proxy/index.js", "proxy/index.cjs"]) {
    const text = await readFile(new URL(name, PACKAGE), "utf8");
    assert.doesNotMatch(text, /\bimport\b[^(]*?["']|\brequire\(|\bfrom ["']|WebAssembly/, name);
    assert.ok(text.length < 25_000, `${name}: ${text.length} characters`);
  }
  for (const name of ["index.js", "slim.js", "workerd.js", "edge-light.js", "testing/index.js"])
    assert.ok(!(await readFile(new URL(name, PACKAGE), "utf8")).includes("createProxy"), name);
});
