// `deliveries sync` with lists that change, wrong metadata and failing rows: every company that was received is in the
// file once, and the file converges to the list.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { preload } from "./command.mjs";
import { pageOf, SEARCH, setUp } from "./list-server.mjs";
import { chance } from "../soak/random.mjs";

const MINUTE = 60_000;

/** @param {number} time */
const at = (time) => new Date(time).toISOString();
/** @param {number} count */
const companies = (count, start = Date.now() - 1000 * MINUTE, name = "f") =>
  Array.from({ length: count }, (_, n) => ({ id: `${name}${n}`, version: 1, delivered_at: at(start + n * 1000) }));
/**
 * The newest version of each company in the file.
 *
 * @param {import("./list-server.mjs").Company[]} rows
 */
const newest = (rows) => new Map(rows.map((row) => [row.id, row]));
/** @param {Iterable<unknown>} texts */
const sorted = (texts) => [...texts].sort();

describe("a list that changes while it is read", () => {
  test("a company that was already read is delivered again, and moves to the end", async (t) => {
    const own = await setUp(t, companies(280));
    own.onRequest = (n) => {
      if (n !== 2) return;
      const [moved] = own.list.splice(40, 1);
      own.list.push({ ...moved, version: 2, delivered_at: at(Date.now()) });
    };
    const { code, stderr } = await own.sync();
    assert.equal(code, 0, stderr);
    const rows = await own.rows();
    assert.equal(rows.length, 281);
    assert.deepEqual(sorted(newest(rows).keys()), sorted(own.list.map(({ id }) => id)));
    assert.equal(newest(rows).get("f40")?.version, 2);
    assert.equal((await own.sync()).code, 0);
    assert.equal((await own.lines()).length, 281);
  });

  test("companies of the same instant have another order in each response", async (t) => {
    const when = at(Date.now() - 500 * MINUTE);
    const own = await setUp(
      t,
      companies(330).map((company) => ({ ...company, delivered_at: when })),
    );
    const random = chance(42);
    own.onRequest = () => {
      own.list = own.list
        .map((company) => /** @type {const} */ ([random(), company]))
        .sort(([a], [b]) => a - b)
        .map(([, company]) => company);
    };
    const { code, stderr } = await own.sync();
    const lines = await own.lines();
    assert.deepEqual(sorted(new Set(own.received)), sorted(lines));
    assert.equal(code, lines.length === 330 ? 0 : 10, stderr);
    assert.ok(own.requests.length < 150, `${own.requests.length} requests`);
  });

  test("companies that become visible late are received by the next run, each once", async (t) => {
    const start = Date.now();
    const own = await setUp(t, companies(30, start - 5 * MINUTE));
    for (const [ahead, late] of [
      [0, -1000],
      [90_000, -30_000],
      [0, -9 * MINUTE],
    ]) {
      own.clock = () => Date.now() + ahead;
      assert.equal((await own.sync()).code, 0);
      own.list.push({ id: `late${late}`, delivered_at: at(start + late) });
    }
    assert.equal((await own.sync(["--json"])).code, 0);
    assert.deepEqual(sorted((await own.rows()).map(({ id }) => id)), sorted(own.list.map(({ id }) => id)));
  });

  for (let seed = 1; seed <= 12; seed += 1) {
    test(`random changes between pages, seed ${seed}: the file has all received companies`, async (t) => {
      const random = chance(seed);
      /** @param {number} n */
      const below = (n) => Math.floor(random() * n);
      const own = await setUp(t, companies(150 + below(400)));
      let count = 0;
      const change = () => {
        const place = below(own.list.length);
        const kind = below(6);
        count += 1;
        if (kind === 0) own.list.push({ id: `new${count}`, version: 1, delivered_at: at(Date.now()) });
        if (kind === 1) own.list.splice(place, 1);
        if (kind === 2)
          own.list.push({ ...own.list.splice(place, 1)[0], version: 1 + count, delivered_at: at(Date.now()) });
        if (kind === 3) own.list.push(...own.list.splice(place, 1));
        if (kind === 4) own.list.splice(place, 2, ...own.list.slice(place, place + 2).reverse());
        if (kind === 5)
          own.list.splice(Math.max(0, own.list.length - 1 - below(3)), 0, {
            id: `late${count}`,
            version: 1,
            delivered_at: at(Date.now() - below(60_000)),
          });
      };
      for (let runs = 0; runs < 3; runs += 1) {
        own.onRequest = () => {
          for (let times = below(4); times > 0; times -= 1) change();
        };
        const { code, stderr } = await own.sync();
        assert.ok(code === 0 || code === 10, stderr);
        const lines = await own.lines();
        assert.equal(new Set(lines).size, lines.length, "a company is stored twice");
        assert.deepEqual(
          own.received.filter((company) => !lines.includes(company)),
          [],
          "received and not stored",
        );
      }
      own.onRequest = () => {};
      for (let runs = 0; runs < 2; runs += 1) assert.equal((await own.sync()).code, 0);
      const file = newest(await own.rows());
      assert.deepEqual(
        own.list.filter((company) => JSON.stringify(file.get(company.id)) !== JSON.stringify(company)),
        [],
      );
      const lines = await own.lines();
      assert.equal(new Set(lines).size, lines.length, "a company is stored twice");
    });
  }
});

describe("unusual rows", () => {
  for (const format of ["ndjson", "csv", "escaped"]) {
    test(`ids that repeat, are missing or are not strings: ${format}`, async (t) => {
      const own = await setUp(
        t,
        companies(700).map(({ id, ...rest }, n) =>
          n % 35 === 3
            ? { ...rest, name: "no id" }
            : { id: n === 530 ? "f17" : n % 50 === 0 ? n : `-${id}`, ...rest, name: `=${n}` },
        ),
      );
      own.list.push({ name: "same" }, { name: "same" });
      own.name = format === "ndjson" ? "a.ndjson" : "a.csv";
      const flags = format === "escaped" ? ["--escape-formulas"] : [];
      for (let times = 0; times < 2; times += 1) {
        const { code, stderr } = await own.sync(flags);
        assert.equal(code, 0, stderr);
        assert.equal((await own.lines()).length, 702 + (format === "ndjson" ? 0 : 1));
      }
    });
  }

  test("numbers that JavaScript would round are written unchanged", async (t) => {
    const own = await setUp(t, []);
    const ids = ["9007199254740993", "123456789012345678901234567890", "-9223372036854775808"];
    /** @type {(id: string, n: string) => string} */
    const row = (id, n) =>
      `{"id":${id},"match_score":0.1234567890123456789,"note":"[9007199254740995]","other_id":${id},"n":${n}}`;
    own.body = (from, limit) => {
      const items = ids.map((id) => row(id, "[1e400,2.50]")).slice(from, from + limit);
      return `{"items":[${items}],"total":3,"limit":100,"offset":${from},"has_more":false}`;
    };
    assert.equal((await own.sync()).code, 0);
    assert.deepEqual(
      await own.lines(),
      ids.map((id) => row(id, "[1e400,2.5]")),
    );
    own.name = "a.csv";
    assert.equal((await own.sync()).code, 0);
    const [, first] = (await readFile(join(own.cwd, "a.csv"), "utf8")).split("\r\n");
    assert.equal(
      first,
      `${ids[0]},,,,,,0.1234567890123456789,,,,,` +
        `"{""note"":""[9007199254740995]"",""other_id"":${ids[0]},""n"":[1e400,2.5]}"`,
    );
  });

  test("page metadata that is wrong or missing", async (t) => {
    /** @type {[title: string, change: (page: import("./list-server.mjs").Page) => unknown, exit: number][]} */
    const SERVERS = [
      ["no has_more and a total that is too low", (page) => ({ ...page, total: 120, has_more: undefined }), 0],
      ["pages of 40 without either", (page) => ({ items: page.items.slice(0, 40), offset: page.offset }), 0],
      ["a bare list", (page) => page.items, 0],
      ["has_more that is false too early", (page) => ({ ...page, has_more: false }), 0],
      ["a total that is too high", (page) => ({ ...page, total: Math.ceil(page.total * 1.05) }), 10],
      ["a list with the name companies", ({ items: companies, ...page }) => ({ ...page, companies }), 0],
    ];
    for (const [title, change, exit] of SERVERS) {
      const own = await setUp(t, companies(317));
      own.body = (from, limit, all) => JSON.stringify(change(pageOf(from, limit, all)));
      // A total that was wrong twice is not an error in the third run.
      for (const code of [exit, exit, 0]) {
        const result = await own.sync(["--json"]);
        assert.equal(result.code, code, `${title}: ${result.stderr}`);
        assert.equal(JSON.parse(result.stdout).missing > 0, code === 10);
        assert.equal((await own.lines()).length, 317, title);
        if (code === 0) break;
      }
    }
  });
});

describe("a page that the server fails to return", () => {
  /** @type {(from: number, limit: number, row: number) => boolean} */
  const contains = (from, limit, row) => from <= row && row < from + limit;
  /** @type {[title: string, fail: () => string | number][]} */
  const FAILURES = [
    ["a row that causes a 500", () => 500],
    ["a row whose JSON is truncated", () => '{"items":[{"id":"x"'],
    ["a row that causes an error with status 200", () => '{"code":"INTERNAL_ERROR","message":"a row is invalid"}'],
  ];
  for (const [title, fail] of FAILURES) {
    test(`${title}: reported, or skipped with --skip-bad`, async (t) => {
      const own = await setUp(t, companies(260));
      own.body = (from, limit, all) => (contains(from, limit, 143) ? fail() : JSON.stringify(pageOf(from, limit, all)));
      const flags = preload(
        "const own = setTimeout; globalThis.setTimeout = (run, ms, ...more) => own(run, ms / 50, ...more);",
      );
      const stopped = await own.sync([], { flags });
      assert.equal(stopped.code, 7, stopped.stderr);
      assert.match(stopped.stderr, /at offset 143 of the list/);
      assert.match(stopped.stderr, /143 companies are in a\.ndjson; the same command continues from there/);
      assert.equal((await own.lines()).length, 143);
      const skipped = await own.sync(["--skip-bad", "bad.ndjson", "--json"], { flags });
      assert.equal(skipped.code, 0, skipped.stderr);
      assert.deepEqual([JSON.parse(skipped.stdout).skipped, (await own.lines()).length], [1, 259]);
      const [note] = (await readFile(join(own.cwd, "bad.ndjson"), "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual([note.search, note.offset, note.delivered_since], [SEARCH, 143, null]);
      assert.ok(own.requests.length < 80, `${own.requests.length} requests`);
    });
  }

  test("an error with status 200 is handled by its code, and its message is printed", async (t) => {
    /** @type {[body: object, exit: number, message: RegExp][]} */
    const CASES = [
      [{ code: "AUTHORIZATION_ERROR", message: "no scope of yours" }, 3, /no scope of yours/],
      [{ error: { code: "PROSPECT_SEARCH_NOT_FOUND", message: "what search" } }, 4, /what search/],
      [{ error: "INVALID_FORMAT", message: "what date" }, 5, /what date/],
    ];
    for (const [body, exit, message] of CASES) {
      const own = await setUp(t, []);
      own.body = () => JSON.stringify(body);
      const { code, stderr } = await own.sync();
      assert.equal(code, exit, stderr);
      assert.match(stderr, message);
      assert.equal(own.requests.length, 1);
      assert.deepEqual(await readdir(own.cwd), []);
    }
  });
});

describe("requests", () => {
  test("a run without new companies sends one", async (t) => {
    const own = await setUp(t, companies(450));
    await own.sync();
    assert.equal(own.requests.length, 5);
    own.requests.length = 0;
    for (let runs = 0; runs < 3; runs += 1) await own.sync();
    assert.equal(own.requests.length, 3);
  });

  test("many companies that are delivered during a run are read once", async (t) => {
    const own = await setUp(t, companies(300));
    own.onRequest = (n) => {
      if (n === 2) own.list.push(...companies(6000, Date.now() + 1000, "g"));
    };
    assert.equal((await own.sync()).code, 0);
    assert.ok(own.requests.length <= 64, `${own.requests.length} requests`);
    assert.equal((await own.lines()).length, 6300);
  });
});

describe("a run without a terminal", () => {
  test("a long wait prints a dated line when it begins and ends, and one every 10 minutes", async (t) => {
    const own = await setUp(t, companies(220));
    let isLimited = true;
    own.url = await listen(t, (request, response) => {
      const query = new URL(request.url, "http://server.test").searchParams;
      const from = Number(query.get("offset"));
      response.setHeader("content-type", "application/json");
      if (from > 0 && isLimited) {
        isLimited = false;
        return response
          .writeHead(429, { "retry-after": "1500" })
          .end('{"error":"RATE_LIMIT_EXCEEDED","message":"wait"}');
      }
      return response.end(own.body(from, Number(query.get("limit")), own.list));
    });
    // An hour takes 3.6 s.
    const fast = preload(`
      const began = Date.now();
      const [date, now, timeout, interval] = [Date.now, performance.now.bind(performance), setTimeout, setInterval];
      Date.now = () => began + (date() - began) * 1000;
      performance.now = () => now() * 1000;
      globalThis.setTimeout = (run, ms, ...more) => timeout(run, ms / 1000, ...more);
      globalThis.setInterval = (run, ms, ...more) => interval(run, ms / 1000, ...more);
    `);
    const { code, stderr } = await own.sync(["--timeout", "1d"], { flags: fast });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^\d{4}-\S+Z waiting for the server until \d{4}-\S+Z; 100 of 220 companies$/m);
    assert.match(stderr, /^\d{4}-\S+Z 100 of 220 companies; waiting until \S+Z$/m);
    assert.match(stderr, /^\d{4}-\S+Z sending resumed; 100 of 220 companies$/m);
  });
});

describe("--since: valid ISO 8601 dates", () => {
  test("anything else is rejected before a request is sent", async (t) => {
    const own = await setUp(t, companies(3));
    for (const since of [
      "04.02.2026",
      "2026-02-29",
      "2026-04-31T00:00:00Z",
      "7",
      "morgen 2026-03-31",
      "2026-13-01",
      "2026-00-10",
      "2026-1-1",
      "2026-01-31T24:00:00Z",
      "2026-01-31 08:00",
      "Jan 31, 2026",
      "",
    ]) {
      const { code, stderr } = await own.sync(["--since", since]);
      assert.deepEqual(
        [code, /--since: got ".*"; expected an ISO 8601 date or time/.test(stderr)],
        [2, true],
        `${since}: ${stderr}`,
      );
    }
    assert.equal(own.requests.length, 0);
    for (const [since, sent] of [
      ["2024-02-29", "2024-02-29T00:00:00.000Z"],
      ["2026-01-31T08:00:00.5+02:00", "2026-01-31T06:00:00.500Z"],
      ["2026-01-31T08:00+0530", "2026-01-31T02:30:00.000Z"],
    ]) {
      own.name = `${Date.parse(sent)}.ndjson`;
      assert.equal((await own.sync(["--since", since])).code, 0);
      assert.equal(own.requests.at(-1)?.since, sent);
    }
  });
});
