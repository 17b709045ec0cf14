// The packed package, its files as a CDN serves them, and the page contain no key, even if the environment has one.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import { inspected } from "../security/canary/inspected.mjs";
import { canary, listen, TEST_KEYS } from "../helpers/setup.mjs";
import { serveFolder } from "../page/visit.mjs";
import { createCanary } from "../suite/canary.mjs";
import { makeProject, run } from "../suite/project.mjs";

const KEY = "lnc_live_0of0the0publisher";
/** The placeholders of the documents and types. */
const SAMPLE = /^lnc_(?:test|live)_[^a-z0-9]?$|^lnc_(?:test|live)_(?:[a-z]{1,6}|x+)$/;

/**
 * Sets a key in the environment, as that of a publisher.
 *
 * @param {import("node:test").TestContext} t
 */
function withKey(t) {
  Object.assign(process.env, { OPENPROSPECT_API_KEY: KEY, npm_config_openprospect_key: KEY });
  t.after(() => ["OPENPROSPECT_API_KEY", "npm_config_openprospect_key"].forEach((name) => delete process.env[name]));
}

const own = createCanary({ keys: [KEY], own: inspected });
/**
 * @param {string} where
 * @param {unknown} what
 */
function search(where, what) {
  const { values, texts, finds } = own.searchIn([[where, what]]);
  canary.count({ values, texts, finds: finds.length });
  assert.deepEqual(finds, []);
}

/** @param {string} folder */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.path, entry.name)))
    .sort();
}

/**
 * The words that have the form of a key.
 *
 * @param {string} text
 */
const keysIn = (text) =>
  [...text.matchAll(/lnc_(?:test|live)_\w*/g)].map(([word]) => word).filter((word) => !SAMPLE.test(word));

test("the package, packed and installed", async (t) => {
  withKey(t);
  const project = await makeProject();
  t.after(project.remove);
  const [packed] = (await readdir(project.folder)).filter((name) => name.endsWith(".tgz"));
  search(packed, await readFile(join(project.folder, packed)));
  await run("tar", ["-xzf", packed], { cwd: project.folder });
  const folder = join(project.folder, "package");
  const names = await filesOf(folder);
  assert.ok(names.length > 20, `${names.length} files`);

  const url = await listen(t, async (request, response) => response.end(await readFile(join(folder, request.url))));
  for (const name of names) {
    const response = await fetch(`${url}/${name}`);
    const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
    assert.ok(text.length > 0, name);
    search(name, [name, text]);
    const unknown = keysIn(text).filter(
      (word) => !(name.startsWith("testing/") && Object.values(TEST_KEYS).includes(word)),
    );
    assert.deepEqual(unknown, [], name);
  }
});

test("the page and all files that it loads", async (t) => {
  withKey(t);
  const { url, folder, close } = await serveFolder();
  t.after(close);
  const names = await filesOf(folder);
  assert.ok(names.includes("index.html") && names.includes(join("openprospect", "index.js")));
  for (const name of names) {
    const response = await fetch(new URL(name, url));
    assert.equal(response.status, 200, name);
    const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
    search(name, [name, text, [...response.headers]]);
    const unknown = keysIn(text).filter((word) => !Object.values(TEST_KEYS).includes(word));
    assert.deepEqual(unknown, [], name);
  }
});
