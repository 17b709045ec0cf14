// `blacklists import`: no row is sent twice by default, and an import that stops prints how to resume.

import assert from "node:assert/strict";
import { link, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { serve, TEST_KEYS } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

/**
 * A server, and a file that `load` imports.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {string} text
 * @param {Record<string, unknown>} [options] of the mock
 */
async function setUp(t, text, options = {}) {
  const cwd = await folder(t);
  await writeFile(join(cwd, "rows.csv"), text);
  const { mock, url } = await serve(t, { blacklists: [], ...options });
  /**
   * @param {string[]} [more]
   * @param {import("./command.mjs").RunOptions} [options]
   */
  const load = (more = [], options = {}) =>
    run(["blacklists", "import", "rows.csv", ...more], { url, cwd, ...options });
  /** @type {() => Record<string, string>[]} The entries of all requests. */
  const sent = () =>
    mock.requests
      .filter(({ method, path }) => method === "POST" && path.endsWith("/entries"))
      .flatMap(({ body }) => (typeof body === "string" ? JSON.parse(body) : body).entries);
  return { mock, url, cwd, load, sent };
}

/** @param {number} count */
const rows = (count) => Array.from({ length: count }, (_, n) => `Firm ${n},firm-${n}.example,Ort ${n % 7}\n`).join("");
const HEAD = "company_name,website_url,city\n";

test("duplicate rows of a file are sent once, and counted", async (t) => {
  const { load, sent } = await setUp(
    t,
    `${HEAD}Nord,nord.example,Kiel\n Nord ,nord.example, Kiel\nNord,nord.example,\n` +
      "Süd,sued.example,Ulm\nNord,nord.example,Kiel\n",
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
  assert.match(stderr, /^line 3: duplicate of an earlier row/m);
  assert.match(stderr, /^line 6: duplicate of an earlier row/m);
});

test("a second import sends only new rows; --allow-duplicates sends all", async (t) => {
  const { load, sent, cwd } = await setUp(t, HEAD + rows(12_345));
  assert.equal((await load(["--name", "ours"])).code, 0);
  assert.equal(sent().length, 12_345);
  await writeFile(join(cwd, "rows.csv"), `${HEAD}Neu,neu.example,Bonn\n${rows(12_345)}`);
  const { code, stdout, stderr } = await load(["--name", "ours"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /exists, with 12345 entries/);
  assert.match(stdout, /^1 rows accepted into blacklist \S+, 0 rejected, 12345 already in the blacklist\.\n$/);
  assert.equal(sent().length, 12_346);
  assert.equal((await load(["--name", "ours", "--allow-duplicates"])).code, 0);
  assert.equal(sent().length, 24_692);
});

test("a key that may not read the entries gets a hint, before anything is sent", async (t) => {
  const key = "lnc_test_writesblacklistsbutreadsnone0";
  const { load, mock, sent } = await setUp(t, HEAD + rows(3), {
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

test("an import that stops prints the line to resume at", async (t) => {
  const { load, mock, sent } = await setUp(t, HEAD + rows(25_000));
  const isAdding = ({ method, path }) => method === "POST" && path.endsWith("/entries");
  mock.fail((request) => (isAdding(request) ? { status: 400 } : undefined));
  const first = await load(["--name", "ours"]);
  assert.equal(first.code, 5);
  const [, id = "", line = ""] = /To resume: --blacklist (\S+) --from-line (\d+)/.exec(first.stderr) ?? [];
  assert.equal(line, "2", first.stderr);
  let batches = 0;
  mock.fail((request) => {
    if (!isAdding(request)) return undefined;
    batches += 1;
    return batches === 2 ? { status: 403 } : undefined;
  });
  const second = await load(["--blacklist", id, "--from-line", line]);
  assert.equal(second.code, 3, second.stderr);
  assert.match(
    second.stderr,
    new RegExp(`10000 rows are in blacklist ${id}, up to line 10001\\. To resume: --blacklist ${id} --from-line 10002`),
  );
  mock.clear();
  assert.equal((await load(["--blacklist", id, "--from-line", "10002"])).code, 0);
  assert.equal(sent().length, 15_000);
  const lost = await load(["--name", "other", "--wait-up-to", "0"], { url: "http://127.0.0.1:9" });
  assert.match(lost.stderr, /Nothing was sent\. To resume: --from-line 2/);
});

test("--dry-run prints what would be sent", async (t) => {
  const { load, mock } = await setUp(t, `${HEAD}${rows(30)}Firm 3,firm-3.example,Ort 3\n`);
  const { stdout } = await load(["--dry-run"]);
  assert.match(
    stdout,
    new RegExp(
      '^line 2: website_url "firm-0\\.example"|' +
        '^line 2: company_name "Firm 0", website_url "firm-0\\.example", city "Ort 0"\\n',
    ),
  );
  assert.match(
    stdout,
    /\n… and 10 more; --json prints all of them\n30 rows would be sent, 0 rejected, 1 repeated in the file\.\n$/,
  );
  const { entries } = JSON.parse((await load(["--dry-run", "--json"])).stdout);
  assert.equal(entries.length, 30);
  assert.deepEqual(entries[29], { line: 31, company_name: "Firm 29", website_url: "firm-29.example", city: "Ort 1" });
  assert.deepEqual(mock.requests, []);
});

test("the file of rejected rows is never the file that is imported", async (t) => {
  const { load, mock, cwd } = await setUp(t, HEAD + rows(3));
  await link(join(cwd, "rows.csv"), join(cwd, "other.csv"));
  for (const refused of ["rows.csv", "./rows.csv", "other.csv"]) {
    const { code, stderr } = await load(["--name", "ours", "--refused", refused]);
    assert.deepEqual([code, /would overwrite the file/.test(stderr)], [2, true], stderr);
  }
  assert.equal(await readFile(join(cwd, "rows.csv"), "utf8"), HEAD + rows(3));
  assert.deepEqual(mock.requests, []);
});
