// The README's recipe for a copy, also with a server whose clock is wrong: later deliveries are received.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listen, mockOpenProspect, PACKAGE, TEST_KEYS } from "../helpers/setup.mjs";

const run = promisify(execFile);
const DAY = 86_400_000;

async function recipe() {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const [, section = ""] = /^## Keeping a copy up to date\n([^]*?)^## /m.exec(readme) ?? [];
  const [, code] = /```js\n([^]*?)```/.exec(section) ?? [];
  assert.ok(code !== undefined, "the README has the recipe");
  return code;
}

/**
 * A folder with the recipe and the package, and a function that runs the recipe against a server.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {string} url
 */
async function program(t, url) {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-recipe-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "node_modules"));
  await symlink(fileURLToPath(PACKAGE), join(folder, "node_modules", "openprospect"));
  await writeFile(join(folder, "recipe.mjs"), await recipe());
  const env = { PATH: process.env.PATH, OPENPROSPECT_API_KEY: TEST_KEYS.full, OPENPROSPECT_BASE_URL: url };
  const runRecipe = async () =>
    (await run(process.execPath, ["recipe.mjs"], { cwd: folder, env, timeout: 20_000 })).stdout;
  return { folder, env, runRecipe };
}

test("deliveries between two runs are received by the next run", async (t) => {
  const mock = mockOpenProspect({ prospectSearches: [{ id: "s", name: "s" }], companies: 230 });
  const { url, close } = await mock.serve();
  t.after(close);
  const { runRecipe } = await program(t, url);
  assert.equal(await runRecipe(), "230 new companies\n");
  assert.equal(await runRecipe(), "0 new companies\n");
  mock.deliver("s", 120);
  mock.deliver("s", [{ id: "again", version: 1 }]);
  assert.equal(await runRecipe(), "121 new companies\n");
  // Deliveries within the overlap are received again, and the store has each once.
  mock.deliver("s", [{ id: "again", version: 2 }]);
  assert.equal(await runRecipe(), "121 new companies\n");
});

test("the command stores each company once, and each newer version", async (t) => {
  const mock = mockOpenProspect({ prospectSearches: [{ id: "s", name: "s" }], companies: 230 });
  const { url, close } = await mock.serve();
  t.after(close);
  const { folder, env } = await program(t, url);
  const command = fileURLToPath(new URL("bin/openprospect.js", PACKAGE));
  const sync = async () => {
    await run(process.execPath, [command, "deliveries", "sync", "s", "--out", "copy.ndjson"], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
    return (await readFile(join(folder, "copy.ndjson"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  };
  const first = await sync();
  assert.deepEqual([first.length, new Set(first.map(({ id }) => id)).size], [230, 230]);
  const [{ id }] = first;
  const more = mock.deliver("s", 105);
  mock.deliver("s", [{ id, version: 2 }]);
  const second = await sync();
  assert.equal(second.length, 230 + 106);
  assert.deepEqual(
    second
      .slice(230)
      .map((company) => company.id)
      .sort(),
    [...more.map((company) => company.id), id].sort(),
  );
  assert.deepEqual(
    second.filter((company) => company.id === id).map(({ version }) => version),
    [undefined, 2],
  );
  assert.deepEqual(await sync(), second);
});

/** @type {[title: string, date: () => string | undefined][]} */
const CLOCKS = [
  ["2099", () => "Thu, 01 Jan 2099 00:00:00 GMT"],
  ["yesterday", () => new Date(Date.now() - DAY).toUTCString()],
  ["no date", () => undefined],
  ["an invalid date", () => "soon"],
];
for (const [title, date] of CLOCKS) {
  test(`a server that once sends ${title} as its time`, async (t) => {
    const companies = [{ id: "a", at: Date.now() - DAY / 2 }];
    let isWrong = true;
    const url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
      response.sendDate = !isWrong;
      const value = date();
      if (isWrong && value !== undefined) response.setHeader("date", value);
      response.setHeader("content-type", "application/json");
      const since = query.get("delivered_since") ?? 0;
      const items = pathname.endsWith("/companies")
        ? companies.filter(({ at }) => at > new Date(since).getTime())
        : [{ id: "s" }];
      response.end(
        JSON.stringify(
          pathname.endsWith("/validate") ? {} : { items, total: items.length, limit: 100, offset: 0, has_more: false },
        ),
      );
    });
    const { folder, runRecipe } = await program(t, url);
    assert.equal(await runRecipe(), "1 new companies\n");
    isWrong = false;
    companies.push({ id: "b", at: Date.now() + 1000 });
    assert.match(await runRecipe(), title === "yesterday" ? /^2 new/ : /^1 new/);
    assert.deepEqual((await readdir(folder)).sort(), ["deliveries-s.json", "node_modules", "recipe.mjs"]);
    assert.ok(
      Date.parse(JSON.parse(await readFile(join(folder, "deliveries-s.json"), "utf8")).delivered_since) <= Date.now(),
    );
  });
}
