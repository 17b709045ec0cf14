// `deliveries sync` with a wrong clock of the server or of the machine: no company is lost, and none is stored twice.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { folder, preload, run } from "./command.mjs";

const SEARCH = "search-1";
/** @param {string[]} more */
const sync = (...more) => ["deliveries", "sync", SEARCH, "--out", "a.ndjson", ...more];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

/** @typedef {{ id: string, delivered_at: string }} Item */

/**
 * A server with a list in the order of delivery, which the test may change; `clock` is its time. `pull` runs the
 * command.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {Item[]} list
 */
async function setUp(t, list) {
  const cwd = await folder(t);
  const own = {
    list,
    /** @type {number[]} The offsets of the requests. */
    pages: [],
    clock: Date.now,
    cwd,
    url: "",
    /**
     * @param {import("./command.mjs").RunOptions} [options]
     * @param {string[]} more
     */
    pull: (options = {}, ...more) => run(sync(...more), { url: own.url, cwd, ...options }),
    /** @returns {Promise<Item[]>} */
    file: async () =>
      (await readFile(join(cwd, "a.ndjson"), "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    checkpoint: async () => JSON.parse(await readFile(join(cwd, "a.ndjson.checkpoint.json"), "utf8")),
  };
  own.url = await listen(t, (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
    response.setHeader("date", new Date(own.clock()).toUTCString());
    response.setHeader("content-type", "application/json");
    if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
    const [since, limit, offset] = [
      query.get("delivered_since"),
      Number(query.get("limit")),
      Number(query.get("offset")),
    ];
    own.pages.push(offset);
    const all = own.list.filter(({ delivered_at: at }) => since === null || Date.parse(at) > Date.parse(since));
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

/** @type {(id: string, time: number) => Item} */
const item = (id, time) => ({ id, delivered_at: new Date(time).toISOString() });
/** @param {Awaited<ReturnType<typeof setUp>>} own */
const ids = async (own) => (await own.file()).map(({ id }) => id);
/** @param {number} shift in milliseconds */
const localClock = (shift) => preload(`const now = Date.now; Date.now = () => now() + ${shift};`);

describe("a wrong clock", () => {
  test("a server that once sends a date of 2099: later deliveries are received", async (t) => {
    // Each run is an hour after the one before, with a delivery half an hour before it.
    const times = [4, 3, 2, 1].map((hours) => Date.now() - hours * HOUR);
    const own = await setUp(t, [item("a", times[0] - HOUR), item("b", times[0] - MINUTE)]);
    for (const [n, time] of times.entries()) {
      own.clock = () => (n === 0 ? Date.UTC(2099, 0, 1) : time);
      if (n > 0) own.list.push(item(`later-${n}`, time - HOUR / 2));
      const { code, stderr } = await own.pull({ flags: preload(`Date.now = () => ${time};`) });
      assert.equal(code, 0, stderr);
      assert.deepEqual(await ids(own), ["a", "b", "later-1", "later-2", "later-3"].slice(0, n + 2));
      if (n > 0) assert.equal(stderr, "");
      else
        assert.match(
          stderr,
          new RegExp(
            "^warning: The server's clock \\(2099-01-01T00:00:00\\.000Z\\) and the local clock \\(2\\S+Z\\) " +
              "are more than 5 minutes apart\\.",
            "m",
          ),
        );
    }
  });

  test("the JSON summary has the warning only if the clocks differ", async (t) => {
    const own = await setUp(t, [item("a", Date.now() - HOUR)]);
    own.clock = () => Date.now() - 6 * MINUTE;
    const summary = JSON.parse((await own.pull({}, "--json")).stdout);
    assert.equal(summary.warnings.length, 1);
    assert.match(summary.warnings[0], /more than 5 minutes apart/);
    own.clock = () => Date.now() - 4 * MINUTE;
    assert.equal("warnings" in JSON.parse((await own.pull({}, "--json")).stdout), false);
  });

  /** @type {[title: string, shift: { server?: number, local?: number }][]} */
  const SHIFTS = [
    ["the server is ahead", { server: 30 * YEAR }],
    ["the server is an hour ahead", { server: HOUR }],
    ["the server is behind", { server: -30 * YEAR }],
    ["the server is ten minutes behind", { server: -10 * MINUTE }],
    ["the local clock is ahead", { local: 20 * YEAR }],
    ["the local clock is behind", { local: -20 * YEAR }],
    ["the local clock is ten minutes behind", { local: -10 * MINUTE }],
    ["both are wrong", { server: 9 * YEAR, local: -3 * HOUR }],
  ];
  for (const [title, { server = 0, local = 0 }] of SHIFTS) {
    for (const always of [false, true]) {
      test(`${title}, ${always ? "always" : "once"}: each company once, again if redelivered`, async (t) => {
        const start = Date.now();
        const own = await setUp(
          t,
          Array.from({ length: 2300 }, (_, n) => item(`old-${n}`, start - 40 * YEAR + (n * 39 * YEAR) / 2300)),
        );
        const expected = own.list.map(({ id }) => id);
        // In the first run the clocks are right.
        for (let n = 0; n < 4; n += 1) {
          const isWrong = n === 1 || (n > 1 && always);
          own.clock = () => Date.now() + (isWrong ? server : 0);
          const { code, stderr } = await own.pull(isWrong && local !== 0 ? { flags: localClock(local) } : {});
          assert.equal(code, 0, stderr);
          assert.equal(stderr.includes("warning"), isWrong);
          assert.deepEqual(await ids(own), expected, `run ${n}`);
          const more = [item(`new-${n}`, Date.now()), item(`other-${n}`, Date.now())];
          // A company that was delivered before is delivered again.
          const again = item(n === 0 ? "old-7" : `new-${n - 1}`, Date.now() + 1);
          own.list = [...own.list.filter(({ id }) => id !== again.id), ...more, again];
          expected.push(...more.map(({ id }) => id), again.id);
          // Wait until the instants of the next run are later.
          while (Date.now() <= start + n + 2);
        }
      });
    }
  }

  test("a new copy that is created while a clock is wrong", async (t) => {
    for (const [server, local] of [
      [0, -50 * YEAR],
      [-50 * YEAR, 0],
      [50 * YEAR, 0],
    ]) {
      const now = Date.now();
      const own = await setUp(
        t,
        Array.from({ length: 2300 }, (_, n) => item(`old-${n}`, now - 40 * YEAR + n * HOUR)),
      );
      own.clock = () => Date.now() + server;
      for (let n = 0; n < 2; n += 1) assert.equal((await own.pull({ flags: localClock(local) })).code, 0);
      assert.deepEqual(
        await ids(own),
        own.list.map(({ id }) => id),
      );
    }
  });
});

describe("an instant in the future: 2", () => {
  test("in a checkpoint, which would receive nothing until then", async (t) => {
    const own = await setUp(t, [item("a", Date.now() - HOUR)]);
    assert.equal((await own.pull()).code, 0);
    const good = await own.checkpoint();
    const path = join(own.cwd, "a.ndjson.checkpoint.json");
    for (const change of [
      { delivered_since: "2099-01-01T00:00:00.000Z" },
      { began: "2099-01-01T00:00:00.000Z" },
      { delivered_since: new Date(Date.now() + 7 * MINUTE).toISOString() },
      { version: 1, delivered_since: "+012099-01-01T00:00:00.000Z" },
    ]) {
      await writeFile(path, JSON.stringify({ ...good, ...change }));
      own.pages.length = 0;
      const { code, stderr } = await own.pull();
      assert.deepEqual([code, own.pages], [2, []], stderr);
      assert.match(
        stderr,
        /would continue from \S+Z, which is in the future: it is \S+Z by the local clock, \S+Z by the server's/,
      );
      assert.match(stderr, /hint +start a new copy with another --out FILE; --since TIME/);
    }
    // By the later of the two clocks it is not in the future.
    own.clock = () => Date.UTC(2099, 0, 1);
    await writeFile(path, JSON.stringify({ ...good, delivered_since: "2098-12-31T23:59:00.000Z" }));
    assert.equal((await own.pull()).code, 0);
    await writeFile(path, JSON.stringify(good));
    own.clock = Date.now;
    assert.equal((await own.pull({ flags: localClock(-9 * YEAR) })).code, 0);
    await writeFile(
      path,
      JSON.stringify({ ...good, delivered_since: new Date(Date.now() + 4 * MINUTE).toISOString() }),
    );
    assert.equal((await own.pull()).code, 0);
  });

  test("in --since, which leaves no file behind", async (t) => {
    const own = await setUp(t, [item("a", Date.now() - HOUR)]);
    for (const since of ["2099-06-01T00:00:00Z", new Date(Date.now() + 6 * MINUTE).toISOString()]) {
      const { code, stderr } = await own.pull({}, "--since", since);
      assert.deepEqual([code, own.pages, /in the future/.test(stderr)], [2, [], true], stderr);
    }
    assert.equal((await own.pull({}, "--since", new Date(Date.now() - 2 * HOUR).toISOString())).code, 0);
    assert.deepEqual(await ids(own), ["a"]);
  });
});
