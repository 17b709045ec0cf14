// The README's recipe for a copy, with a server whose clock is wrong: what is delivered later comes.

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
  const [, section] = /^## Keeping a copy up to date\n([^]*?)^## /m.exec(readme);
  return /```js\n([^]*?)```/.exec(section)[1];
}

/** A folder with the recipe in it and with the package, and what runs it against a server. */
async function program(t, url) {
  const folder = await mkdtemp(join(tmpdir(), "openprospect-recipe-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "node_modules"));
  await symlink(fileURLToPath(PACKAGE), join(folder, "node_modules", "openprospect"));
  await writeFile(join(folder, "recipe.mjs"), await recipe());
  const env = { PATH: process.env.PATH, OPENPROSPECT_API_KEY: TEST_KEYS.full, OPENPROSPECT_BASE_URL: url };
  const night = async () => (await run(process.execPath, ["recipe.mjs"], { cwd: folder, env, timeout: 20_000 })).stdout;
  return { folder, env, night };
}

test("nights with the mock: what is delivered between two runs comes with the next one", async (t) => {
  const mock = mockOpenProspect({ prospectSearches: [{ id: "s", name: "s" }], companies: 230 });
  const { url, close } = await mock.serve();
  t.after(close);
  const { night } = await program(t, url);
  assert.equal(await night(), "230 new companies\n");
  assert.equal(await night(), "0 new companies\n");
  mock.deliver("s", 120);
  mock.deliver("s", [{ id: "again", version: 1 }]);
  assert.equal(await night(), "121 new companies\n");
  // Inside of the overlap they come again, and the store has each once.
  mock.deliver("s", [{ id: "again", version: 2 }]);
  assert.equal(await night(), "121 new companies\n");
});

test("nights with the mock and the command: each company once, in its newest version", async (t) => {
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

for (const [what, clock] of [
  ["2099", () => "Thu, 01 Jan 2099 00:00:00 GMT"],
  ["yesterday", () => new Date(Date.now() - DAY).toUTCString()],
  ["nothing", () => undefined],
  ["no date", () => "soon"],
]) {
  test(`a server that once says ${what} is the time`, async (t) => {
    const companies = [{ id: "a", at: Date.now() - DAY / 2 }];
    let isWrong = true;
    const url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
      response.sendDate = !isWrong;
      if (isWrong && clock() !== undefined) response.setHeader("date", clock());
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
    const { folder, night } = await program(t, url);
    assert.equal(await night(), "1 new companies\n");
    isWrong = false;
    companies.push({ id: "b", at: Date.now() + 1000 });
    assert.match(await night(), what === "yesterday" ? /^2 new/ : /^1 new/);
    assert.deepEqual((await readdir(folder)).sort(), ["deliveries-s.json", "node_modules", "recipe.mjs"]);
    assert.ok(
      Date.parse(JSON.parse(await readFile(join(folder, "deliveries-s.json"), "utf8")).delivered_since) <= Date.now(),
    );
  });
}
