// `deliveries sync` beside files that others made: whose copy a file is, what is planted under its names, what is broken.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, link, lstat, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, serve, TEST_KEYS } from "../helpers/setup.mjs";
import { before, folder, run, start } from "./command.mjs";

const SEARCH = "search-1";
const companies = (count) =>
  Array.from({ length: count }, (_, n) => ({
    id: `company-${n}`,
    prospect_search_id: SEARCH,
    delivered_at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  }));
const world = (count) => ({
  prospectSearches: [{ id: SEARCH, name: "s", status: "active" }],
  companies: companies(count),
  prospects: 0,
});
const sync = (...more) => ["deliveries", "sync", SEARCH, "--out", "a.ndjson", ...more];
const CHECKPOINT = "a.ndjson.checkpoint.json";

/** A folder, a server and the command on the one with the other. */
async function begun(t, count = 3) {
  const cwd = await folder(t);
  const served = await serve(t, world(count));
  const pull = (how = {}, ...more) => run(sync(...more), { url: served.url, cwd, ...how });
  const path = (name) => join(cwd, name);
  const checkpoint = async () => JSON.parse(await readFile(path(CHECKPOINT), "utf8"));
  const setCheckpoint = (state) =>
    writeFile(path(CHECKPOINT), typeof state === "string" ? state : JSON.stringify(state));
  return { ...served, cwd, path, pull, checkpoint, setCheckpoint };
}

async function refused(result, code, ...words) {
  const { code: got, stdout, stderr } = await result;
  assert.deepEqual([got, stdout], [code, ""], stderr);
  for (const word of words) assert.match(stderr, word);
  assert.doesNotMatch(stderr, /TypeError|SyntaxError|RangeError|undefined|Cannot read|is not iterable|not assignable/);
  return stderr;
}

describe("a copy belongs to a base URL and a key", () => {
  test("another path below the same origin is another server", async (t) => {
    const { url, pull, path, checkpoint } = await begun(t);
    assert.equal((await pull()).code, 0);
    const before = await readFile(path("a.ndjson"), "utf8");
    assert.equal((await checkpoint()).server, url);
    for (const base of [`${url}/tenant-b`, `${url}/tenant-b/`, `${url}/a/b%20c`])
      await refused(
        pull({ url: base }),
        2,
        /of another server: http:\S+, not http:\S+(tenant-b|c)\./,
        /another file with --out/,
      );
    // The same address in another spelling is the same.
    for (const base of [`${url}/`, url.replace("http", "HTTP")]) assert.equal((await pull({ url: base })).code, 0);
    assert.equal(await readFile(path("a.ndjson"), "utf8"), before);
  });

  test("a copy below a path goes on below that path alone", async (t) => {
    const { url, cwd, checkpoint } = await begun(t);
    const requests = [];
    const proxy = await listen(t, async (request, response) => {
      requests.push(request.url);
      const answer = await fetch(url + request.url.replace(/^\/tenant-\w/, ""), {
        headers: { authorization: request.headers.authorization },
      });
      response
        .writeHead(answer.status, { "content-type": "application/json", date: answer.headers.get("date") })
        .end(await answer.text());
    });
    for (const [base, code] of [
      ["/tenant-a", 0],
      ["/tenant-a/", 0],
      ["/tenant-b", 2],
      ["", 2],
    ]) {
      assert.equal((await run(sync(), { url: proxy + base, cwd })).code, code, base);
    }
    assert.equal((await checkpoint()).server, `${proxy}/tenant-a`);
    assert.ok(
      requests.every((path) => path.startsWith("/tenant-a/")),
      requests,
    );
  });

  test("another key is refused, whatever it comes from, and accepted when it is said to be the new one", async (t) => {
    const { pull, path, checkpoint, mock } = await begun(t);
    assert.equal((await pull({ key: TEST_KEYS.read })).code, 0);
    const { key } = await checkpoint();
    assert.match(key, /^[0-9a-f]{32}$/);
    await writeFile(path("key"), `${TEST_KEYS.full}\n`);
    mock.clear();
    for (const result of [pull({ key: TEST_KEYS.full }), pull({ key: "" }, "--key-file", "key")]) {
      const stderr = await refused(
        result,
        2,
        /checkpoint a\.ndjson\.checkpoint\.json is of another API key/,
        /--accept-new-key/,
        /another file with --out/,
      );
      assert.doesNotMatch(stderr, /lnc_|[0-9a-f]{32}/);
    }
    assert.deepEqual(mock.requests, []);
    assert.equal((await checkpoint()).key, key);
    // A key that the server does not accept takes nothing over.
    assert.equal((await pull({ key: TEST_KEYS.expired }, "--accept-new-key")).code, 3);
    assert.equal((await pull({ key: TEST_KEYS.read })).code, 0);
    assert.equal((await pull({ key: "" }, "--key-file", "key", "--accept_new_key")).code, 0);
    assert.notEqual((await checkpoint()).key, key);
    assert.equal((await pull({ key: TEST_KEYS.full })).code, 0);
    await refused(pull({ key: TEST_KEYS.read }), 2, /another API key/);
  });

  test("the mock is a server of its own, with its own key", async (t) => {
    const { cwd, pull, checkpoint } = await begun(t);
    const { stdout } = await run(["searches", "all", "--mock", "--json"], { key: "" });
    const { id } = JSON.parse(stdout.split("\n")[0]);
    const mock = () => run(["deliveries", "sync", id, "--out", "a.ndjson", "--mock"], { key: "", cwd });
    for (const code of [0, 0]) assert.equal((await mock()).code, code);
    const { server, key } = await checkpoint();
    assert.deepEqual([server, key.length], ["mock", 32]);
    await refused(pull(), 2, /another/);
  });

  test("a checkpoint of 0.1.0 goes on where its origin is the whole base URL", async (t) => {
    const { url, pull, checkpoint, setCheckpoint, path } = await begun(t, 150);
    assert.equal((await pull()).code, 0);
    const { key: _, ...state } = await checkpoint();
    const legacy = { ...state, version: 1, seen: ["company-3"] };
    await setCheckpoint(legacy);
    await refused(pull({ url: `${url}/tenant-b` }), 2, /another server/);
    assert.match((await pull()).stdout, /^0 new companies .* has 150\.\n/);
    assert.deepEqual([(await checkpoint()).version, (await checkpoint()).key.length], [3, 32]);
    await refused(pull({ key: TEST_KEYS.read }), 2, /another API key/);
    // What was delivered while the run before was under way is known by its id.
    await setCheckpoint({ ...legacy, delivered_since: "2026-01-01T00:02:28.000Z", seen: ["company-149"] });
    assert.match((await pull()).stdout, /^0 new companies/);
    await setCheckpoint({ ...legacy, server: "https://api.example.test" });
    await refused(pull(), 2, /another server: https:\/\/api\.example\.test, not http/);
    assert.equal((await readFile(path("a.ndjson"), "utf8")).split("\n").length, 151);
  });
});

describe("names that others have taken", () => {
  const VICTIM = "a file of somebody else\n";
  const NAMES = ["a.ndjson", CHECKPOINT, "a.ndjson.lock"];

  for (const name of NAMES) {
    for (const [what, target] of [
      ["a link to a file", "victim"],
      ["a link to nothing", "nowhere"],
      ["a link to itself", name],
    ]) {
      test(`${name} is ${what}: 2`, async (t) => {
        const { path, pull, mock } = await begun(t);
        await writeFile(path("victim"), VICTIM);
        await symlink(target, path(name));
        await refused(pull(), 2, new RegExp(`${name.replaceAll(".", "\\.")} cannot be used: it is a symbolic link`));
        assert.deepEqual(mock.requests, []);
        assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
        assert.ok((await lstat(path(name))).isSymbolicLink());
        assert.deepEqual(
          (await readdir(path("."))).filter((other) => ![name, "victim"].includes(other)),
          [],
          "something is left",
        );
      });
    }

    test(`${name} is a directory or a pipe: 2`, async (t) => {
      for (const make of [(path) => mkdir(path), (path) => execFileSync("mkfifo", [path])]) {
        const { path, pull, mock } = await begun(t);
        await make(path(name));
        await refused(pull(), 2, /a\.ndjson/);
        assert.deepEqual(mock.requests, []);
      }
    });
  }

  test("later on, when there is a checkpoint: the file is a link, or has another name", async (t) => {
    const { path, pull } = await begun(t);
    await pull();
    const text = await readFile(path("a.ndjson"), "utf8");
    execFileSync("mv", [path("a.ndjson"), path("victim")]);
    await writeFile(path("victim"), `${text}more`);
    await symlink("victim", path("a.ndjson"));
    await refused(pull(), 2, /it is a symbolic link/);
    execFileSync("rm", [path("a.ndjson")]);
    await link(path("victim"), path("a.ndjson"));
    await refused(pull(), 2, /it has another name/);
    assert.equal(await readFile(path("victim"), "utf8"), `${text}more`);
  });

  /** What is planted before the command does anything, under names that hold its process id. */
  const planting = (names) =>
    before(`
    import fs from "node:fs";
    for (const name of ${JSON.stringify(names)}) fs.symlinkSync("victim", name.replace("PID", process.pid));
  `);

  test("temporary files have names that nobody knows beforehand", async (t) => {
    const { path, pull } = await begun(t, 250);
    await writeFile(path("victim"), VICTIM);
    const names = [
      `${CHECKPOINT}.new`,
      `${CHECKPOINT}.tmp`,
      `${CHECKPOINT}.PID`,
      "a.ndjson.lock.PID",
      "a.ndjson.lock.new",
      "a.ndjson.lock.tmp",
      "a.ndjson.PID",
      "a.ndjson.new",
    ];
    assert.equal((await pull({ flags: planting(names) })).code, 0);
    assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
    // The lock of a process that is gone is taken over in the same way.
    await writeFile(path("a.ndjson.lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    assert.equal((await pull({ flags: planting(["a.ndjson.lock.PID"]) })).code, 0);
    assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
  });

  test("what is made is for its owner alone", async (t) => {
    const { path, pull, mock } = await begun(t);
    let lock;
    mock.fail(() => {
      lock ??= lstat(path("a.ndjson.lock"));
    });
    assert.equal((await pull({ flags: before("process.umask(0);") })).code, 0);
    const modes = await Promise.all([lock, lstat(path("a.ndjson")), lstat(path(CHECKPOINT))]);
    assert.deepEqual(
      modes.map(({ mode }) => mode & 0o777),
      [0o600, 0o600, 0o600],
    );
    // An existing file keeps the mode that its owner gave it.
    await chmod(path("a.ndjson"), 0o644);
    assert.equal((await pull()).code, 0);
    assert.equal((await lstat(path("a.ndjson"))).mode & 0o777, 0o644);
  });

  test("what processes that were killed have left is removed, and nothing else", async (t) => {
    const { path, pull, cwd, url } = await begun(t);
    const dying = before(`
      import fsp from "node:fs/promises";
      import { syncBuiltinESMExports } from "node:module";
      for (const name of ["rename", "link"]) {
        const own = fsp[name];
        fsp[name] = (from, ...rest) => (from.includes(process.env.DIES_AT) ? process.kill(process.pid, "SIGKILL") : own(from, ...rest));
      }
      syncBuiltinESMExports();
    `);
    for (const at of ["checkpoint", "lock", "checkpoint", "lock"]) {
      const { signal } = await start(sync(), { url, cwd, flags: dying, env: { DIES_AT: at } }).done;
      assert.equal(signal, "SIGKILL");
    }
    const left = (await readdir(cwd)).filter((name) => name.endsWith(".tmp"));
    assert.ok(left.length > 0 && left.length < 4, `${left}`);
    const others = [
      `${CHECKPOINT}.bak.tmp`,
      "b.ndjson.lock.1-0123456789abcdef.tmp",
      `a.ndjson.lock.${process.pid}-0123456789abcdef.tmp`,
    ];
    for (const name of others) await writeFile(path(name), "mine");
    assert.equal((await pull()).code, 0);
    assert.deepEqual((await readdir(cwd)).sort(), ["a.ndjson", CHECKPOINT, ...others].sort());
  });
});

describe("broken contents", () => {
  const BROKEN = [
    "null",
    "[]",
    "1",
    '"text lnc"',
    "true",
    "{}",
    "",
    "{",
    '{"a":1}}',
    "\u0000\u0001\ufffd",
    "[".repeat(100_000),
    '{"__proto__":{"token":"00000000000000000000000000000000","beat":"1"}}',
  ];
  const COUNTS = [null, [], {}, "1", -1, 1.5, 2 ** 53, 1e300, true];
  const INSTANTS = [0, [], "yesterday", "2026-01-01", "2026-99-01T00:00:00.000Z", true];

  test("of a checkpoint: 2, with the file and the field", async (t) => {
    const { pull, checkpoint, setCheckpoint, path, mock } = await begun(t);
    await pull();
    const good = await checkpoint();
    mock.clear();
    for (const text of BROKEN) {
      await setCheckpoint(text);
      await refused(pull(), 2, /checkpoint a\.ndjson\.checkpoint\.json (?:cannot be read|is broken)/);
    }
    const without = (name) => Object.fromEntries(Object.entries(good).filter(([own]) => own !== name));
    const CASES = [
      ...["offset", "pass", "fresh", "skipped", "bytes", "rows"].flatMap((name) =>
        COUNTS.map((value) => [name, value]),
      ),
      ...["delivered_since", "began"].flatMap((name) => INSTANTS.map((value) => [name, value])),
      ...["received", "known", "older"].flatMap((name) =>
        [null, {}, "a", 3, [], `${"a".repeat(15)}!`, "=".repeat(16)].map((value) => [name, value]),
      ),
      ...["moved", "is_short"].flatMap((name) => [null, 0, "true", []].map((value) => [name, value])),
      ...["seen"].flatMap((name) => [null, {}, "a", 3, [{}], [[]], [true]].map((value) => [name, value])),
      ...["search", "server"].flatMap((name) => [null, 5, {}].map((value) => [name, value])),
      ...[null, "x", 5, "a".repeat(63)].map((value) => ["tail", value]),
      ...[5, "", "f".repeat(31), "G".repeat(32)].map((value) => ["key", value]),
      ...[null, 5, "xml", "__proto__"].map((value) => ["format", value]),
      ...[null, 0, -1, 1.5, "2", []].map((value) => ["version", value]),
    ];
    // Several at once: each has a folder of its own.
    const check = async ([name, value]) => {
      const own = await begun(t);
      for (const state of value === COUNTS[0]
        ? [{ ...good, [name]: value }, without(name)]
        : [{ ...good, [name]: value }]) {
        if (name === "key" && !("key" in state)) continue;
        await own.setCheckpoint({ ...state, ...(state.server === good.server && { server: own.url }) });
        await writeFile(own.path("a.ndjson"), await readFile(path("a.ndjson")));
        await refused(own.pull(), 2, /a\.ndjson\.checkpoint\.json/, new RegExp(`"${name}"`));
      }
    };
    for (let at = 0; at < CASES.length; at += 4) await Promise.all(CASES.slice(at, at + 4).map(check));
    await setCheckpoint({ ...good, version: 4 });
    await refused(pull(), 2, /newer version/);
    await setCheckpoint({ ...good, bytes: Number.MAX_SAFE_INTEGER });
    await refused(pull(), 2, /was changed since its checkpoint/);
    await setCheckpoint({
      ...good,
      offset: Number.MAX_SAFE_INTEGER,
      began: good.delivered_since,
      recent: ["company-0"],
    });
    const { code, stderr } = await pull();
    assert.ok([0, 7].includes(code), stderr);
  });

  test("of a lock: 2, with the file and the field", async (t) => {
    const { pull, path, mock } = await begun(t);
    const lock = (value) => writeFile(path("a.ndjson.lock"), typeof value === "string" ? value : JSON.stringify(value));
    for (const text of BROKEN) {
      await lock(text);
      await refused(
        pull(),
        2,
        /lock a\.ndjson\.lock (?:cannot be (?:read|used)|is broken)|a\.ndjson\.lock cannot be used/,
      );
    }
    for (const token of [null, [], {}, "1", -1, "g".repeat(32), true, undefined]) {
      await lock({ token, beat: "0" });
      await refused(
        pull(),
        2,
        /lock a\.ndjson\.lock is broken: "token" must be 32 hexadecimal digits/,
        /delete it if no other process/,
      );
    }
    for (const beat of [null, [], 5, undefined]) {
      await lock({ token: "a".repeat(32), beat });
      await refused(pull(), 2, /"beat" must be a string/);
    }
    assert.deepEqual(mock.requests, []);
  });

  test("a very large or an unreadable one: 2", async (t) => {
    const { pull, path } = await begun(t);
    for (const name of [CHECKPOINT, "a.ndjson.lock"]) {
      await writeFile(path(name), "{");
      await truncate(path(name), 5 * 2 ** 30);
      await refused(pull(), 2, new RegExp(`${name} cannot be used: it has 5368709120 bytes`));
      await writeFile(path(name), "{}");
      // Whoever runs the tests may be somebody for whom no file is unreadable.
      const unreadable = before(`
        import fsp from "node:fs/promises";
        import { syncBuiltinESMExports } from "node:module";
        const { open } = fsp;
        fsp.open = async (path, ...rest) => {
          if (path.endsWith("${name}")) throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
          return open(path, ...rest);
        };
        syncBuiltinESMExports();
      `);
      // The lock is made by a link; only what is there is opened.
      await refused(pull({ flags: unreadable }), 2, new RegExp(`${name} cannot be used: permission denied`));
      execFileSync("rm", ["-f", path(name)]);
    }
  });

  test("of an older checkpoint in the middle of a run, whose companies are not known: 2", async (t) => {
    const { pull, checkpoint, setCheckpoint } = await begun(t);
    await pull();
    await setCheckpoint({ ...(await checkpoint()), version: 2, began: "2026-01-01T00:00:00.000Z" });
    await refused(pull(), 2, /of an older version of this command, in the middle of a run/);
  });

  test("data that is not JSON is not repeated, whatever it looks like", async (t) => {
    const { cwd, path, url } = await begun(t);
    for (const text of ["x position 1 sesame", "in JSON at position 7 sesame", '{"a": sesame position 3}', "sesame"]) {
      await writeFile(path("data"), text);
      for (const data of ["@data", text]) {
        const { code, stderr } = await run(["orders", "create", "--data", data], { url, cwd });
        assert.deepEqual([code, /sesame/.test(stderr)], [2, false], stderr);
      }
    }
  });
});
