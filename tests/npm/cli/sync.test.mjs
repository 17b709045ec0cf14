// `deliveries sync`: what a run appends, and the file and its checkpoint.

import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, serve } from "../helpers/setup.mjs";
import { folder, preload, run, start, terminal } from "./command.mjs";
import { deliveries, ids, mockOptions, sync } from "./deliveries.mjs";

/**
 * Makes the mock fail the requests that match; resolves with the first one.
 *
 * @param {any} mock
 * @param {(request: any) => boolean} matches
 * @param {object} fault
 */
function failing(mock, matches, fault) {
  return new Promise((resolve) => {
    mock.fail((/** @type {unknown} */ request) => {
      if (!matches(request)) return undefined;
      resolve(request);
      return fault;
    });
  });
}

describe("new companies", () => {
  /** @typedef {{ id: string, name: string, prospects: [], at: string }} Item `at` is the instant of the delivery. */

  /**
   * A server whose list the test changes.
   *
   * @param {import("../helpers/setup.mjs").Scope} t
   * @param {Item[]} list
   */
  async function startServer(t, list) {
    const own = {
      list,
      /** @type {[since: string | null, offset: number][]} */
      calls: [],
      date: "Wed, 25 Nov 2026 10:00:00 GMT",
      url: "",
      /** @type {(call: number) => void} */
      onPage: () => {},
    };
    own.url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
      response.setHeader("date", own.date);
      response.setHeader("content-type", "application/json");
      if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
      const [since, limit, offset] = [
        query.get("delivered_since"),
        Number(query.get("limit")),
        Number(query.get("offset")),
      ];
      own.calls.push([since, offset]);
      own.onPage(own.calls.length);
      const all = own.list.filter(({ at }) => since === null || Date.parse(at) > Date.parse(since));
      return response.end(
        JSON.stringify({
          items: all.slice(offset, offset + limit),
          total: all.length,
          limit,
          offset,
          has_more: offset + limit < all.length,
        }),
      );
    });
    return own;
  }
  /** @type {(id: string, at?: string) => Item} */
  const item = (id, at = "2026-11-01T00:00:00Z") => ({ id, name: id, prospects: [], at });
  /** @param {number} count */
  const many = (count, prefix = "c") => Array.from({ length: count }, (_, n) => item(`${prefix}${n}`));
  /** @param {string} cwd */
  const read = async (cwd) => ids(await readFile(join(cwd, "a.ndjson"), "utf8"));

  /**
   * Sets the local clock to that of the server.
   *
   * @param {{ date: string }} server
   */
  const clockOf = ({ date }) => preload(`Date.now = () => ${Date.parse(date)};`);

  test("are read in one request, from 10 minutes before the first page of the previous run", async (t) => {
    const cwd = await folder(t);
    const own = await startServer(t, many(3));
    const first = await run(sync("--out", "a.ndjson", "--json"), { url: own.url, cwd, flags: clockOf(own) });
    assert.deepEqual(
      { ...JSON.parse(first.stdout), bytes: 0 },
      {
        file: "a.ndjson",
        new: 3,
        companies: 3,
        bytes: 0,
        delivered_since: "2026-11-25T09:50:00.000Z",
        missing: 0,
        skipped: 0,
      },
    );
    own.list.push(item("new", "2026-11-25T10:00:07Z"));
    own.date = "Wed, 25 Nov 2026 11:00:00 GMT";
    own.calls.length = 0;
    await run(sync("--out", "a.ndjson"), { url: own.url, cwd, flags: clockOf(own) });
    assert.deepEqual(own.calls, [["2026-11-25T09:50:00.000Z", 0]]);
    assert.deepEqual(await read(cwd), ["c0", "c1", "c2", "new"]);
  });

  test("delivered in the second in which a run begins, or during it, are stored once", async (t) => {
    const cwd = await folder(t);
    const own = await startServer(t, [item("early", "2026-11-25T10:00:00.400Z"), ...many(600)]);
    // One before the current page, and one on the last page.
    own.onPage = (call) => {
      if (call === 5) own.list.unshift(item("passed", "2026-11-25T10:00:05Z"));
      if (call === 5) own.list.push(item("last", "2026-11-25T10:00:06Z"));
    };
    await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    const expected = ["early", ...many(600).map(({ id }) => id), "last", "passed"];
    assert.deepEqual(await read(cwd), expected);
    own.list.push(item("next", "2026-11-25T10:30:00Z"));
    own.date = "Wed, 25 Nov 2026 11:00:00 GMT";
    for (let runs = 0; runs < 2; runs += 1)
      assert.equal((await run(sync("--out", "a.ndjson"), { url: own.url, cwd })).code, 0);
    assert.deepEqual(await read(cwd), [...expected, "next"]);
  });

  test("companies that are removed during a run do not hide others", async (t) => {
    const cwd = await folder(t);
    const own = await startServer(t, many(1500));
    const front = Array.from({ length: 250 }, (_, n) => item(`front${n}`, "2026-11-25T10:00:05Z"));
    const late = many(130, "late");
    own.onPage = (call) => {
      const [, offset] = own.calls[call - 1];
      // As many are added as removed, so that the total stays the same.
      if (call === 3) own.list = [...own.list.slice(0, 10), ...own.list.slice(140), ...late];
      if (call === 6) own.list.unshift(...front);
      if (call === 8) own.list.splice(300, 1);
      // More than the overlap of two pages.
      if (offset > 1150 && own.list.length > 1300) own.list.splice(260, 600);
    };
    const { code, stderr } = await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    assert.equal(code, 0, stderr);
    const stored = await read(cwd);
    assert.equal(new Set(stored).size, stored.length);
    assert.deepEqual(
      stored.slice().sort(),
      [...many(1500), ...late, ...front]
        .map(({ id }) => id)
        .filter((id) => stored.includes(id) || own.list.some((company) => company.id === id))
        .sort(),
    );
  });

  test("a list that is replaced during a run is read again; a server that repeats a page is an error", async (t) => {
    const cwd = await folder(t);
    const own = await startServer(t, many(900));
    own.onPage = (call) => {
      if (call === 3) own.list = many(900, "other");
    };
    const { code, stderr } = await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      (await read(cwd)).filter((id) => id.startsWith("other")).sort(),
      many(900, "other")
        .map(({ id }) => id)
        .sort(),
    );
    const page = JSON.stringify({ items: [item("same")], total: 9, limit: 1, offset: 0, has_more: true });
    const url = await listen(t, (request, response) =>
      response.setHeader("content-type", "application/json").end(page),
    );
    const still = await run(sync("--out", "b.ndjson"), { url, cwd });
    assert.deepEqual([still.code, /another page than the requested one/.test(still.stderr)], [7, true], still.stderr);
  });
});

describe("the file", () => {
  /**
   * A server, and `pull`, which runs the command.
   *
   * @param {import("../helpers/setup.mjs").Scope} t
   */
  async function setUp(t, companies = deliveries(250), options = {}) {
    const cwd = await folder(t);
    const served = await serve(t, { ...mockOptions(companies), ...options });
    /** @param {string[]} more */
    const pull = (...more) => run(sync("--out", "a.ndjson", ...more), { url: served.url, cwd });
    return { ...served, cwd, path: join(cwd, "a.ndjson"), pull };
  }

  test("CSV: fixed columns, and cells as in RFC 4180", async (t) => {
    const { url, cwd } = await setUp(t, deliveries(1, { name: '=1+"2",\r\nx', country: null }));
    const head =
      "id,name,website,city,country,business_type,match_score,review_status,delivered_at,prospect_search_id," +
      "prospects,other\r\n";
    /** @param {string} name */
    const row = (name) =>
      `company-0,${name},https://firm-0.example,,,,0,,2026-01-01T00:00:00.000Z,search-1,[],` +
      '"{""tags"":[""a"",0]}"\r\n';
    await run(sync("--out", "a.csv"), { url, cwd });
    assert.equal(await readFile(join(cwd, "a.csv"), "utf8"), head + row('"=1+""2"",\r\nx"'));
    await run(sync("--out", "b.txt", "--format", "csv", "--escape-formulas"), { url, cwd });
    assert.equal(await readFile(join(cwd, "b.txt"), "utf8"), head + row('"\'=1+""2"",\r\nx"'));
    const other = await run(sync("--out", "a.csv", "--escape-formulas"), { url, cwd });
    assert.deepEqual([other.code, /another format/.test(other.stderr)], [2, true]);
  });

  test("a longer file is truncated to the checkpoint, a shorter or another one is rejected", async (t) => {
    const { path, pull } = await setUp(t);
    await pull();
    const whole = await readFile(path, "utf8");
    await appendFile(path, '{"id":"half');
    assert.equal((await pull()).code, 0);
    assert.equal(await readFile(path, "utf8"), whole);
    /** @param {RegExp} pattern */
    const assertRejected = async (pattern) => {
      const { code, stderr } = await pull();
      assert.deepEqual([code, pattern.test(stderr)], [2, true], stderr);
    };
    await truncate(path, whole.length - 3);
    await assertRejected(/was changed since its checkpoint/);
    await writeFile(path, whole.replace(/.$/s, " "));
    await assertRejected(/was changed since its checkpoint/);
    await unlink(path);
    await assertRejected(/does not exist, but its checkpoint does/);
    await rm(`${path}.checkpoint.json`);
    await writeFile(path, "mine\n");
    await assertRejected(/already exists, without a checkpoint/);
    assert.equal(await readFile(path, "utf8"), "mine\n");
  });

  test("a checkpoint for another search, server or format is rejected", async (t) => {
    const { path, pull, cwd, url } = await setUp(t);
    await pull();
    const before = await stat(path);
    /** @type {[args: string[], options: { url?: string }, error: RegExp][]} */
    const CASES = [
      [["deliveries", "sync", "search-2", "--out", "a.ndjson"], {}, /for another search: search-1, not search-2/],
      [sync("--out", "a.ndjson"), { url: url.replace("127.0.0.1", "localhost") }, /for another server: /],
      [sync("--out", "a.ndjson", "--format", "csv"), {}, /for another format: ndjson, not csv/],
      [sync("--out", "a.ndjson", "--since", "2026-01-01"), {}, /--since is for a new file/],
    ];
    for (const [args, options, error] of CASES) {
      const { code, stderr } = await run(args, { url, cwd, ...options });
      assert.deepEqual([code, error.test(stderr)], [2, true], stderr);
    }
    assert.deepEqual((await stat(path)).mtimeMs, before.mtimeMs);
    await writeFile(`${path}.checkpoint.json`, "{");
    assert.match((await pull()).stderr, /cannot be read/);
  });

  test("--since starts a new file at an instant", async (t) => {
    const { path, pull } = await setUp(t);
    assert.equal((await pull("--since", "2026-01-01T00:03:19+00:00")).code, 0);
    assert.deepEqual(ids(await readFile(path, "utf8")).slice(0, 2), ["company-200", "company-201"]);
  });

  test("a second process is rejected; the lock of a dead process is taken over", async (t) => {
    const { mock, path, pull, url } = await setUp(t);
    const arrived = failing(mock, ({ path }) => path.startsWith("/api/v1/deliveries"), { stall: "headers" });
    const first = start(sync("--out", path), { url });
    await arrived;
    // As in two containers: the same host name and the same process id.
    const samePid = preload('Object.defineProperty(process, "pid", { value: 1 });');
    const second = await run(sync("--out", path), { url, flags: samePid });
    assert.deepEqual([second.code, /Another process is using it/.test(second.stderr)], [1, true], second.stderr);
    const lock = await readFile(`${path}.lock`, "utf8");
    assert.ok(!lock.includes(hostname()) && !("pid" in JSON.parse(lock)), lock);
    first.child.kill("SIGKILL");
    await first.done;
    const third = await pull();
    assert.equal(third.code, 0, third.stderr);
    await assert.rejects(stat(`${path}.lock`), { code: "ENOENT" });
    // The lock of version 0.1.0 after a crash on another machine.
    await writeFile(`${path}.lock`, JSON.stringify({ pid: 1, host: `not-${hostname()}` }));
    assert.equal((await pull()).code, 0);
  });

  test("a process that was suspended and lost its lock does not write to the file", async (t) => {
    const { mock, path, pull, url } = await setUp(t, deliveries(250));
    const arrived = failing(mock, ({ query }) => query.offset === "99", { stall: "headers" });
    const first = start(sync("--out", path), { url });
    await arrived;
    first.child.kill("SIGSTOP");
    assert.equal((await pull()).code, 0);
    const [file, checkpoint] = [await readFile(path), await readFile(`${path}.checkpoint.json`)];
    first.child.kill("SIGCONT");
    first.child.kill("SIGINT");
    const { code } = await first.done;
    assert.notEqual(code, 0);
    assert.deepEqual([await readFile(path), await readFile(`${path}.checkpoint.json`)], [file, checkpoint]);
  });

  test("Ctrl-C keeps the companies read so far: 130, and the next run continues", async (t) => {
    const { mock, path, cwd, url, pull } = await setUp(t, deliveries(1000));
    const arrived = failing(mock, ({ query }) => query.offset === "495", { stall: "headers" });
    const { child, done } = start(sync("--out", "a.ndjson"), { url, cwd, flags: terminal(90, ["stderr"]) });
    await arrived;
    child.kill("SIGINT");
    const { code, stdout, stderr } = await done;
    assert.deepEqual([code, stdout], [130, ""]);
    assert.match(stderr, /\r\d+ of 1,000 companies/);
    assert.match(stderr, /Stopped at 496 companies\. The same command continues from there\.\n$/);
    assert.equal(ids(await readFile(path, "utf8")).length, 496);
    mock.clear();
    assert.match((await pull()).stdout, /^504 new companies .* has 1000\.\n$/);
    assert.equal(mock.requests[0].query.offset, "495");
    assert.equal(new Set(ids(await readFile(path, "utf8"))).size, 1000);
  });

  test("an unknown search leaves no file behind, so that the name is free for another search", async (t) => {
    const { url, cwd, pull } = await setUp(t);
    const unknown = await run(["deliveries", "sync", "search-2", "--out", "a.ndjson"], { url, cwd });
    assert.equal(unknown.code, 4, unknown.stderr);
    assert.deepEqual(await readdir(cwd), []);
    assert.equal((await pull()).code, 0);
    const second = await run(["deliveries", "sync", "search-2", "--out", "a.ndjson"], { url, cwd });
    assert.equal(second.code, 2);
    assert.deepEqual((await readdir(cwd)).sort(), ["a.ndjson", "a.ndjson.checkpoint.json"]);
  });

  test("an error keeps the companies read so far as well, and has its own exit code", async (t) => {
    const { mock, path, pull } = await setUp(t);
    mock.fail((/** @type {any} */ { query, path }) =>
      path.startsWith("/api/v1/deliveries") &&
      Number(query.offset) <= 240 &&
      Number(query.offset) + Number(query.limit) > 240 &&
      Number(query.offset) > 150
        ? { status: 501, times: 1000 }
        : undefined,
    );
    assert.equal((await pull()).code, 7);
    assert.equal(ids(await readFile(path, "utf8")).length, 240);
    mock.clear();
    assert.equal((await pull()).code, 0);
    assert.equal(ids(await readFile(path, "utf8")).length, 250);
  });
});
