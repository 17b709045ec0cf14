// `deliveries sync` with a checkpoint or a lock whose content is invalid.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { preload, run } from "./command.mjs";
import { assertFails, CHECKPOINT, setUp } from "./copy.mjs";

describe("invalid content", () => {
  const INVALID = [
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
  /** @type {unknown[]} */
  const COUNTS = [null, [], {}, "1", -1, 1.5, 2 ** 53, 1e300, true];
  const INSTANTS = [0, [], "yesterday", "2026-01-01", "2026-99-01T00:00:00.000Z", true];

  test("of a checkpoint: 2, with the name of the file and the field", async (t) => {
    const { pull, checkpoint, setCheckpoint, path, mock } = await setUp(t);
    await pull();
    const good = await checkpoint();
    mock.clear();
    for (const text of INVALID) {
      await setCheckpoint(text);
      await assertFails(pull(), 2, /checkpoint a\.ndjson\.checkpoint\.json (?:cannot be read|is invalid)/);
    }
    /** @param {string} name */
    const without = (name) => Object.fromEntries(Object.entries(good).filter(([own]) => own !== name));
    /** @type {(name: string, value: unknown) => [name: string, value: unknown]} */
    const pair = (name, value) => [name, value];
    const CASES = [
      ...["offset", "pass", "fresh", "skipped", "bytes", "rows"].flatMap((name) =>
        COUNTS.map((value) => pair(name, value)),
      ),
      ...["delivered_since", "began"].flatMap((name) => INSTANTS.map((value) => pair(name, value))),
      ...["received", "known", "older"].flatMap((name) =>
        [null, {}, "a", 3, [], `${"a".repeat(15)}!`, "=".repeat(16)].map((value) => pair(name, value)),
      ),
      ...["moved", "is_short"].flatMap((name) => [null, 0, "true", []].map((value) => pair(name, value))),
      ...["seen"].flatMap((name) => [null, {}, "a", 3, [{}], [[]], [true]].map((value) => pair(name, value))),
      ...["search", "server"].flatMap((name) => [null, 5, {}].map((value) => pair(name, value))),
      ...[null, "x", 5, "a".repeat(63)].map((value) => pair("tail", value)),
      ...[5, "", "f".repeat(31), "G".repeat(32)].map((value) => pair("key", value)),
      ...[null, 5, "xml", "__proto__"].map((value) => pair("format", value)),
      ...[null, 0, -1, 1.5, "2", []].map((value) => pair("version", value)),
    ];
    /** @param {[name: string, value: unknown]} field */
    const check = async ([name, value]) => {
      const own = await setUp(t);
      for (const state of value === COUNTS[0]
        ? [{ ...good, [name]: value }, without(name)]
        : [{ ...good, [name]: value }]) {
        if (name === "key" && !("key" in state)) continue;
        await own.setCheckpoint({ ...state, ...(state.server === good.server && { server: own.url }) });
        await writeFile(own.path("a.ndjson"), await readFile(path("a.ndjson")));
        await assertFails(own.pull(), 2, /a\.ndjson\.checkpoint\.json/, new RegExp(`"${name}"`));
      }
    };
    // Several run concurrently, each in its own folder.
    for (let at = 0; at < CASES.length; at += 4) await Promise.all(CASES.slice(at, at + 4).map(check));
    await setCheckpoint({ ...good, version: 4 });
    await assertFails(pull(), 2, /newer version/);
    await setCheckpoint({ ...good, bytes: Number.MAX_SAFE_INTEGER });
    await assertFails(pull(), 2, /was changed since its checkpoint/);
    await setCheckpoint({
      ...good,
      offset: Number.MAX_SAFE_INTEGER,
      began: good.delivered_since,
      recent: ["company-0"],
    });
    const { code, stderr } = await pull();
    assert.ok(code === 0 || code === 7, stderr);
  });

  test("of a lock: 2, with the name of the file and the field", async (t) => {
    const { pull, path, mock } = await setUp(t);
    /** @param {unknown} value */
    const lock = (value) => writeFile(path("a.ndjson.lock"), typeof value === "string" ? value : JSON.stringify(value));
    for (const text of INVALID) {
      await lock(text);
      await assertFails(
        pull(),
        2,
        /lock a\.ndjson\.lock (?:cannot be (?:read|used)|is invalid)|a\.ndjson\.lock cannot be used/,
      );
    }
    for (const token of [null, [], {}, "1", -1, "g".repeat(32), true, undefined]) {
      await lock({ token, beat: "0" });
      await assertFails(
        pull(),
        2,
        /lock a\.ndjson\.lock is invalid: "token" must be 32 hexadecimal digits/,
        /delete it if no other process/,
      );
    }
    for (const beat of [null, [], 5, undefined]) {
      await lock({ token: "a".repeat(32), beat });
      await assertFails(pull(), 2, /"beat" must be a string/);
    }
    assert.deepEqual(mock.requests, []);
  });

  test("a very large or an unreadable one: 2", async (t) => {
    const { pull, path } = await setUp(t);
    for (const name of [CHECKPOINT, "a.ndjson.lock"]) {
      await writeFile(path(name), "{");
      await truncate(path(name), 5 * 2 ** 30);
      await assertFails(pull(), 2, new RegExp(`${name} cannot be used: it has 5368709120 bytes`));
      await writeFile(path(name), "{}");
      // The tests may run as root, which can read every file.
      const unreadable = preload(`
        import fsp from "node:fs/promises";
        import { syncBuiltinESMExports } from "node:module";
        const { open } = fsp;
        fsp.open = async (path, ...rest) => {
          if (path.endsWith("${name}")) throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
          return open(path, ...rest);
        };
        syncBuiltinESMExports();
      `);
      // The lock is created by a link, so that only an existing one is opened.
      await assertFails(pull({ flags: unreadable }), 2, new RegExp(`${name} cannot be used: permission denied`));
      execFileSync("rm", ["-f", path(name)]);
    }
  });

  test("a checkpoint of an older version in the middle of a run, whose companies are unknown: 2", async (t) => {
    const { pull, checkpoint, setCheckpoint } = await setUp(t);
    await pull();
    await setCheckpoint({ ...(await checkpoint()), version: 2, began: "2026-01-01T00:00:00.000Z" });
    await assertFails(pull(), 2, /written by an older version of this command, in the middle of a run/);
  });

  test("the error about invalid JSON in --data does not repeat the data", async (t) => {
    const { cwd, path, url } = await setUp(t);
    for (const text of ["x position 1 sesame", "in JSON at position 7 sesame", '{"a": sesame position 3}', "sesame"]) {
      await writeFile(path("data"), text);
      for (const data of ["@data", text]) {
        const { code, stderr } = await run(["orders", "create", "--data", data], { url, cwd });
        assert.deepEqual([code, /sesame/.test(stderr)], [2, false], stderr);
      }
    }
  });
});
