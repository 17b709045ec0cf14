// `deliveries sync` and its files: which server and key a copy belongs to, and names that are already taken.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, link, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, test } from "node:test";
import { listen, TEST_KEYS } from "../helpers/setup.mjs";
import { preload, run, start } from "./command.mjs";
import { assertFails, CHECKPOINT, setUp, sync } from "./copy.mjs";

describe("a copy belongs to a base URL and a key", () => {
  test("another path below the same origin is another server", async (t) => {
    const { url, pull, path, checkpoint } = await setUp(t);
    assert.equal((await pull()).code, 0);
    const before = await readFile(path("a.ndjson"), "utf8");
    assert.equal((await checkpoint()).server, url);
    for (const base of [`${url}/tenant-b`, `${url}/tenant-b/`, `${url}/a/b%20c`])
      await assertFails(
        pull({ url: base }),
        2,
        /for another server: http:\S+, not http:\S+(tenant-b|c)\./,
        /another file with --out/,
      );
    // The same address with another spelling.
    for (const base of [`${url}/`, url.replace("http", "HTTP")]) assert.equal((await pull({ url: base })).code, 0);
    assert.equal(await readFile(path("a.ndjson"), "utf8"), before);
  });

  test("a copy for a path continues only for that path", async (t) => {
    const { url, cwd, checkpoint } = await setUp(t);
    /** @type {string[]} */
    const requests = [];
    const proxy = await listen(t, async (request, response) => {
      requests.push(request.url);
      const upstream = await fetch(url + request.url.replace(/^\/tenant-\w/, ""), {
        headers: { authorization: request.headers.authorization ?? "" },
      });
      response
        .writeHead(upstream.status, { "content-type": "application/json", date: upstream.headers.get("date") ?? "" })
        .end(await upstream.text());
    });
    for (const { base, code } of [
      { base: "/tenant-a", code: 0 },
      { base: "/tenant-a/", code: 0 },
      { base: "/tenant-b", code: 2 },
      { base: "", code: 2 },
    ]) {
      assert.equal((await run(sync(), { url: proxy + base, cwd })).code, code, base);
    }
    assert.equal((await checkpoint()).server, `${proxy}/tenant-a`);
    for (const path of requests) assert.match(path, /^\/tenant-a\//);
  });

  test("another key is rejected, wherever it comes from, and accepted with --accept-new-key", async (t) => {
    const { pull, path, checkpoint, mock } = await setUp(t);
    assert.equal((await pull({ key: TEST_KEYS.read })).code, 0);
    const { key } = await checkpoint();
    assert.match(key, /^[0-9a-f]{32}$/);
    await writeFile(path("key"), `${TEST_KEYS.full}\n`);
    mock.clear();
    for (const result of [pull({ key: TEST_KEYS.full }), pull({ key: "" }, "--key-file", "key")]) {
      const stderr = await assertFails(
        result,
        2,
        /checkpoint a\.ndjson\.checkpoint\.json is for another API key/,
        /--accept-new-key/,
        /another file with --out/,
      );
      assert.doesNotMatch(stderr, /lnc_|[0-9a-f]{32}/);
    }
    assert.deepEqual(mock.requests, []);
    assert.equal((await checkpoint()).key, key);
    // The copy does not change to a key that the server rejects.
    assert.equal((await pull({ key: TEST_KEYS.expired }, "--accept-new-key")).code, 3);
    assert.equal((await pull({ key: TEST_KEYS.read })).code, 0);
    assert.equal((await pull({ key: "" }, "--key-file", "key", "--accept_new_key")).code, 0);
    assert.notEqual((await checkpoint()).key, key);
    assert.equal((await pull({ key: TEST_KEYS.full })).code, 0);
    await assertFails(pull({ key: TEST_KEYS.read }), 2, /another API key/);
  });

  test("the mock is a separate server, with its own key", async (t) => {
    const { cwd, pull, checkpoint } = await setUp(t);
    const { stdout } = await run(["searches", "all", "--mock", "--json"], { key: "" });
    const { id } = JSON.parse(stdout.split("\n")[0]);
    const mock = () => run(["deliveries", "sync", id, "--out", "a.ndjson", "--mock"], { key: "", cwd });
    for (const code of [0, 0]) assert.equal((await mock()).code, code);
    const { server, key } = await checkpoint();
    assert.deepEqual([server, key.length], ["mock", 32]);
    await assertFails(pull(), 2, /another/);
  });

  test("a checkpoint of 0.1.0 continues if its origin is the whole base URL", async (t) => {
    const { url, pull, checkpoint, setCheckpoint, path } = await setUp(t, 150);
    assert.equal((await pull()).code, 0);
    const { key: _, ...state } = await checkpoint();
    const legacy = { ...state, version: 1, seen: ["company-3"] };
    await setCheckpoint(legacy);
    await assertFails(pull({ url: `${url}/tenant-b` }), 2, /another server/);
    assert.match((await pull()).stdout, /^0 new companies .* has 150\.\n/);
    assert.deepEqual([(await checkpoint()).version, (await checkpoint()).key.length], [3, 32]);
    await assertFails(pull({ key: TEST_KEYS.read }), 2, /another API key/);
    // A company that was delivered during the previous run is recognized by its id.
    await setCheckpoint({ ...legacy, delivered_since: "2026-01-01T00:02:28.000Z", seen: ["company-149"] });
    assert.match((await pull()).stdout, /^0 new companies/);
    await setCheckpoint({ ...legacy, server: "https://api.example.test" });
    await assertFails(pull(), 2, /another server: https:\/\/api\.example\.test, not http/);
    assert.equal((await readFile(path("a.ndjson"), "utf8")).split("\n").length, 151);
  });
});

describe("names that are already taken", () => {
  const VICTIM = "a file of another user\n";
  const NAMES = ["a.ndjson", CHECKPOINT, "a.ndjson.lock"];

  for (const name of NAMES) {
    for (const [title, target] of [
      ["a link to a file", "victim"],
      ["a dangling link", "nowhere"],
      ["a link to itself", name],
    ]) {
      test(`${name} is ${title}: 2`, async (t) => {
        const { path, pull, mock } = await setUp(t);
        await writeFile(path("victim"), VICTIM);
        await symlink(target, path(name));
        await assertFails(
          pull(),
          2,
          new RegExp(`${name.replaceAll(".", "\\.")} cannot be used: it is a symbolic link`),
        );
        assert.deepEqual(mock.requests, []);
        assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
        assert.ok((await lstat(path(name))).isSymbolicLink());
        assert.deepEqual(
          (await readdir(path("."))).filter((other) => ![name, "victim"].includes(other)),
          [],
          "no file is left behind",
        );
      });
    }

    test(`${name} is a directory or a pipe: 2`, async (t) => {
      for (const isPipe of [false, true]) {
        const { path, pull, mock } = await setUp(t);
        if (isPipe) execFileSync("mkfifo", [path(name)]);
        else await mkdir(path(name));
        await assertFails(pull(), 2, /a\.ndjson/);
        assert.deepEqual(mock.requests, []);
      }
    });
  }

  test("after the first run the file becomes a link, or has a second name", async (t) => {
    const { path, pull } = await setUp(t);
    await pull();
    const text = await readFile(path("a.ndjson"), "utf8");
    execFileSync("mv", [path("a.ndjson"), path("victim")]);
    await writeFile(path("victim"), `${text}more`);
    await symlink("victim", path("a.ndjson"));
    await assertFails(pull(), 2, /it is a symbolic link/);
    execFileSync("rm", [path("a.ndjson")]);
    await link(path("victim"), path("a.ndjson"));
    await assertFails(pull(), 2, /it has another name/);
    assert.equal(await readFile(path("victim"), "utf8"), `${text}more`);
  });

  /**
   * Creates links before the command starts, under names that contain its process id.
   *
   * @param {string[]} names
   */
  const plant = (names) =>
    preload(`
    import fs from "node:fs";
    for (const name of ${JSON.stringify(names)}) fs.symlinkSync("victim", name.replace("PID", process.pid));
  `);

  test("temporary files have unpredictable names", async (t) => {
    const { path, pull } = await setUp(t, 250);
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
    assert.equal((await pull({ flags: plant(names) })).code, 0);
    assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
    // The same for the lock of a dead process, which is taken over.
    await writeFile(path("a.ndjson.lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    assert.equal((await pull({ flags: plant(["a.ndjson.lock.PID"]) })).code, 0);
    assert.equal(await readFile(path("victim"), "utf8"), VICTIM);
  });

  test("new files are accessible to their owner only", async (t) => {
    const { path, pull, mock } = await setUp(t);
    /** @type {ReturnType<typeof lstat> | undefined} */
    let lock;
    mock.fail(() => {
      lock ??= lstat(path("a.ndjson.lock"));
    });
    assert.equal((await pull({ flags: preload("process.umask(0);") })).code, 0);
    const stats = await Promise.all([lock, lstat(path("a.ndjson")), lstat(path(CHECKPOINT))]);
    assert.deepEqual(
      stats.map((stat) => Number(stat?.mode) & 0o777),
      [0o600, 0o600, 0o600],
    );
    // An existing file keeps its mode.
    await chmod(path("a.ndjson"), 0o644);
    assert.equal((await pull()).code, 0);
    assert.equal((await lstat(path("a.ndjson"))).mode & 0o777, 0o644);
  });

  test("only temporary files of killed processes are removed", async (t) => {
    const { path, pull, cwd, url } = await setUp(t);
    const dying = preload(`
      import fsp from "node:fs/promises";
      import { syncBuiltinESMExports } from "node:module";
      for (const name of ["rename", "link"]) {
        const own = fsp[name];
        fsp[name] = (from, ...rest) =>
          from.includes(process.env.DIES_AT) ? process.kill(process.pid, "SIGKILL") : own(from, ...rest);
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
