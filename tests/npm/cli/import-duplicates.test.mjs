// `blacklists import`: no row is sent twice unasked, and where it stops it says how it goes on.

import assert from "node:assert/strict";
import { link, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { serve, TEST_KEYS } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

async function begun(t, text, options = {}) {
  const cwd = await folder(t);
  await writeFile(join(cwd, "rows.csv"), text);
  const { mock, url } = await serve(t, { blacklists: [], ...options });
  const load = (more = [], how = {}) => run(["blacklists", "import", "rows.csv", ...more], { url, cwd, ...how });
  /** What all requests have sent. */
  const sent = () =>
    mock.requests
      .filter(({ method, path }) => method === "POST" && path.endsWith("/entries"))
      .flatMap(({ body }) => (typeof body === "string" ? JSON.parse(body) : body).entries);
  return { mock, url, cwd, load, sent };
}

const rows = (count) => Array.from({ length: count }, (_, n) => `Firm ${n},firm-${n}.example,Ort ${n % 7}\n`).join("");
const HEAD = "company_name,website_url,city\n";

test("rows of one file that are the same are sent once, and counted", async (t) => {
  const { load, sent } = await begun(
    t,
    `${HEAD}Nord,nord.example,Kiel\n Nord ,nord.example, Kiel\nNord,nord.example,\nSüd,sued.example,Ulm\nNord,nord.example,Kiel\n`,
  );
  const { code, stdout, stderr } = await load(["--name", "ours", "--json"]);
  assert.equal(code, 0, stderr);
  const { accepted, duplicates, already_there: already } = JSON.parse(stdout);
  assert.deepEqual([accepted, duplicates, already], [3, 2, 0]);
  assert.deepEqual(
    sent().map(({ company_name: name, city }) => [name, city]),
    [
      ["Nord", "Kiel"],
      ["Nord", undefined],
      ["Süd", "Ulm"],
    ],
  );
  assert.match(stderr, /^line 3: the same as a row before it/m);
  assert.match(stderr, /^line 6: the same as a row before it/m);
});

test("a second import sends what is new alone; --allow-duplicates sends all", async (t) => {
  const { load, sent, cwd } = await begun(t, HEAD + rows(12_345));
  assert.equal((await load(["--name", "ours"])).code, 0);
  assert.equal(sent().length, 12_345);
  await writeFile(join(cwd, "rows.csv"), `${HEAD}Neu,neu.example,Bonn\n${rows(12_345)}`);
  const { code, stdout, stderr } = await load(["--name", "ours"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /exists, with 12345 entries/);
  assert.match(stdout, /^1 rows accepted into blacklist \S+, 0 refused, 12345 there already\.\n$/);
  assert.equal(sent().length, 12_346);
  assert.equal((await load(["--name", "ours", "--allow-duplicates"])).code, 0);
  assert.equal(sent().length, 24_692);
});

test("a key that may not read the entries is told what to do, before anything is sent", async (t) => {
  const key = "lnc_test_writesblacklistsbutreadsnone0";
  const { load, mock, sent } = await begun(t, HEAD + rows(3), {
    keys: {
      [TEST_KEYS.full]: { scopes: ["blacklists:read", "blacklists:write"] },
      [key]: { scopes: ["blacklists:write"] },
    },
  });
  const made = JSON.parse((await load(["--name", "ours", "--json"])).stdout).blacklist_id;
  mock.clear();
  const { code, stderr } = await load(["--blacklist", made], { key });
  assert.equal(code, 3, stderr);
  assert.match(stderr, /blacklists:read, or send all rows with --allow-duplicates/);
  assert.deepEqual(sent(), []);
});

test("whatever stops it says where it goes on", async (t) => {
  const { load, mock, sent } = await begun(t, HEAD + rows(25_000));
  const isAdding = ({ method, path }) => method === "POST" && path.endsWith("/entries");
  mock.fail((request) => (isAdding(request) ? { status: 400 } : undefined));
  const first = await load(["--name", "ours"]);
  assert.equal(first.code, 5);
  const [, id, line] = /To go on: --blacklist (\S+) --from-line (\d+)/.exec(first.stderr) ?? [];
  assert.equal(line, "2", first.stderr);
  let parts = 0;
  mock.fail((request) => {
    if (!isAdding(request)) return undefined;
    parts += 1;
    return parts === 2 ? { status: 403 } : undefined;
  });
  const second = await load(["--blacklist", id, "--from-line", line]);
  assert.equal(second.code, 3, second.stderr);
  assert.match(
    second.stderr,
    new RegExp(`10000 rows are in blacklist ${id}, up to line 10001\\. To go on: --blacklist ${id} --from-line 10002`),
  );
  mock.clear();
  assert.equal((await load(["--blacklist", id, "--from-line", "10002"])).code, 0);
  assert.equal(sent().length, 15_000);
  const lost = await load(["--name", "other"], { url: "http://127.0.0.1:9" });
  assert.match(lost.stderr, /Nothing was sent\. To go on: --from-line 2/);
});

test("--dry-run prints what would be sent", async (t) => {
  const { load, mock } = await begun(t, `${HEAD}${rows(30)}Firm 3,firm-3.example,Ort 3\n`);
  const { stdout } = await load(["--dry-run"]);
  assert.match(
    stdout,
    /^line 2: website_url "firm-0\.example"|^line 2: company_name "Firm 0", website_url "firm-0\.example", city "Ort 0"\n/,
  );
  assert.match(
    stdout,
    /\n… and 10 more; --json has all of them\n30 rows would be sent, 0 refused, 1 twice in the file\.\n$/,
  );
  const { entries } = JSON.parse((await load(["--dry-run", "--json"])).stdout);
  assert.equal(entries.length, 30);
  assert.deepEqual(entries[29], { line: 31, company_name: "Firm 29", website_url: "firm-29.example", city: "Ort 1" });
  assert.deepEqual(mock.requests, []);
});

test("the file of refused rows is never the file that is imported", async (t) => {
  const { load, mock, cwd } = await begun(t, HEAD + rows(3));
  await link(join(cwd, "rows.csv"), join(cwd, "other.csv"));
  for (const refused of ["rows.csv", "./rows.csv", "other.csv"]) {
    const { code, stderr } = await load(["--name", "ours", "--refused", refused]);
    assert.deepEqual([code, /would overwrite the file/.test(stderr)], [2, true], stderr);
  }
  assert.equal(await readFile(join(cwd, "rows.csv"), "utf8"), HEAD + rows(3));
  assert.deepEqual(mock.requests, []);
});
