// `deliveries sync` with a server whose clock is wrong, or whose list has no end: nothing is lost, nothing is twice, and it
// ends.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, serve } from "../helpers/setup.mjs";
import { before, folder, run } from "./command.mjs";

const SEARCH = "search-1";
const sync = (...more) => ["deliveries", "sync", SEARCH, "--out", "a.ndjson", ...more];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

/** Its list in the order of delivery, which the test may change; `clock` is what it says the time is. */
async function shop(t, list) {
  const own = { list, pages: [], clock: Date.now, change: () => {} };
  own.url = await listen(t, (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url, "http://shop.test");
    response.setHeader("date", new Date(own.clock()).toUTCString());
    response.setHeader("content-type", "application/json");
    if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
    const [since, limit, offset] = [
      query.get("delivered_since"),
      Number(query.get("limit")),
      Number(query.get("offset")),
    ];
    own.pages.push(offset);
    own.change(own.pages.length);
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
  own.cwd = await folder(t);
  own.pull = (how = {}, ...more) => run(sync(...more), { url: own.url, cwd: own.cwd, ...how });
  own.file = async () =>
    (await readFile(join(own.cwd, "a.ndjson"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  own.checkpoint = async () => JSON.parse(await readFile(join(own.cwd, "a.ndjson.checkpoint.json"), "utf8"));
  return own;
}

const item = (id, time) => ({ id, delivered_at: new Date(time).toISOString() });
const ids = async (own) => (await own.file()).map(({ id }) => id);
const localClock = (shift) => before(`const now = Date.now; Date.now = () => now() + ${shift};`);

describe("a clock that is wrong", () => {
  test("a server that says 2099 once: what is delivered later comes", async (t) => {
    // Each run is an hour after the one before, with a delivery half an hour before it.
    const times = [4, 3, 2, 1].map((hours) => Date.now() - hours * HOUR);
    const own = await shop(t, [item("a", times[0] - HOUR), item("b", times[0] - MINUTE)]);
    for (const [n, time] of times.entries()) {
      own.clock = () => (n === 0 ? Date.UTC(2099, 0, 1) : time);
      if (n > 0) own.list.push(item(`later-${n}`, time - HOUR / 2));
      const { code, stderr } = await own.pull({ flags: before(`Date.now = () => ${time};`) });
      assert.equal(code, 0, stderr);
      assert.deepEqual(await ids(own), ["a", "b", "later-1", "later-2", "later-3"].slice(0, n + 2));
      if (n > 0) assert.equal(stderr, "");
      else
        assert.match(
          stderr,
          /^warning: The server's clock \(2099-01-01T00:00:00\.000Z\) and the local clock \(2\S+Z\) are more than 5 minutes apart\./m,
        );
    }
  });

  test("the warning is in the summary for programs, and only then", async (t) => {
    const own = await shop(t, [item("a", Date.now() - HOUR)]);
    own.clock = () => Date.now() - 6 * MINUTE;
    const summary = JSON.parse((await own.pull({}, "--json")).stdout);
    assert.equal(summary.warnings.length, 1);
    assert.match(summary.warnings[0], /more than 5 minutes apart/);
    own.clock = () => Date.now() - 4 * MINUTE;
    assert.equal("warnings" in JSON.parse((await own.pull({}, "--json")).stdout), false);
  });

  /** For how long the clocks are wrong: once, or always. What is delivered meanwhile has the right time, or the server's. */
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
  for (const [what, { server = 0, local = 0 }] of SHIFTS) {
    for (const always of [false, true]) {
      test(`${what}, ${always ? "always" : "once"}: nothing is lost, nothing is twice, what is delivered again comes again`, async (t) => {
        const start = Date.now();
        const own = await shop(
          t,
          Array.from({ length: 2300 }, (_, n) => item(`old-${n}`, start - 40 * YEAR + (n * 39 * YEAR) / 2300)),
        );
        const expected = own.list.map(({ id }) => id);
        // The first run is of before.
        for (let n = 0; n < 4; n += 1) {
          const isWrong = n === 1 || (n > 1 && always);
          own.clock = () => Date.now() + (isWrong ? server : 0);
          const { code, stderr } = await own.pull(isWrong && local !== 0 ? { flags: localClock(local) } : {});
          assert.equal(code, 0, stderr);
          assert.equal(stderr.includes("warning"), isWrong);
          assert.deepEqual(await ids(own), expected, `run ${n}`);
          const more = [item(`new-${n}`, Date.now()), item(`other-${n}`, Date.now())];
          // One that is there already is delivered again.
          const again = item(n === 0 ? "old-7" : `new-${n - 1}`, Date.now() + 1);
          own.list = [...own.list.filter(({ id }) => id !== again.id), ...more, again];
          expected.push(...more.map(({ id }) => id), again.id);
          // The instants of the next run are later ones.
          while (Date.now() <= start + n + 2);
        }
      });
    }
  }

  test("a new copy made while a clock is wrong", async (t) => {
    for (const [server, local] of [
      [0, -50 * YEAR],
      [-50 * YEAR, 0],
      [50 * YEAR, 0],
    ]) {
      const now = Date.now();
      const own = await shop(
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
  test("of a checkpoint, which would get nothing until then", async (t) => {
    const own = await shop(t, [item("a", Date.now() - HOUR)]);
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
        /would go on from \S+Z, which is in the future: it is \S+Z by the local clock, \S+Z by the server's/,
      );
      assert.match(stderr, /hint +begin a new copy with another --out FILE; --since TIME/);
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

  test("of --since, which leaves nothing behind", async (t) => {
    const own = await shop(t, [item("a", Date.now() - HOUR)]);
    for (const since of ["2099-06-01T00:00:00Z", new Date(Date.now() + 6 * MINUTE).toISOString()]) {
      const { code, stderr } = await own.pull({}, "--since", since);
      assert.deepEqual([code, own.pages, /in the future/.test(stderr)], [2, [], true], stderr);
    }
    assert.equal((await own.pull({}, "--since", new Date(Date.now() - 2 * HOUR).toISOString())).code, 0);
    assert.deepEqual(await ids(own), ["a"]);
  });
});

describe("a list without an end: 7", () => {
  const company = (n) => ({ id: `c${n}`, delivered_at: "2026-01-01T00:00:00.000Z" });
  const page = (from, count = 100) => Array.from({ length: count }, (_, n) => company(from + n));
  let invented = 0;

  /** What a server gives for an offset, and the least that has to be in the file then. */
  const SERVERS = [
    ["repeats its first page", (offset) => ({ items: page(0), total: 100_000, offset, has_more: true }), 100],
    [
      "repeats its first page, with a total of 10^15",
      (offset) => ({ items: page(0), total: 1e15, offset, has_more: true }),
      100,
    ],
    [
      "repeats two pages in turn",
      (offset) => ({ items: page(Math.floor(offset / 99) % 2 === 0 ? 0 : 99), total: 1e15, offset, has_more: true }),
      199,
    ],
    [
      "repeats six pages in turn",
      (offset) => ({ items: page((Math.floor(offset / 99) % 6) * 99), total: 1e15, offset, has_more: true }),
      590,
    ],
    [
      "repeats its first page and says that it is the first",
      () => ({ items: page(0), total: 1000, offset: 0, has_more: true }),
      100,
    ],
    ["repeats one company", (offset) => ({ items: [company(0)], total: 9, offset, has_more: true }), 1],
    [
      "invents new companies for every request",
      (offset) => ({ items: page((invented += 100)), total: 1e15, offset, has_more: true }),
      20_000,
    ],
    [
      "invents new companies for every request, in a small list",
      (offset) => ({ items: page((invented += 100)), total: 500, offset, has_more: true }),
      400,
    ],
    [
      "has a company more wherever it is asked",
      (offset) => ({ items: page(offset), total: 1e15, offset, has_more: true }),
      50_000,
    ],
    [
      "has a company more wherever it is asked, and no total that is one",
      (offset) => ({ items: page(offset), total: 1e300, offset, has_more: true }),
      50_000,
    ],
    [
      "has a company more wherever it is asked, in pages of two",
      (offset) => ({ items: page(offset, 2), total: 1e15, offset, has_more: true }),
      1000,
    ],
  ];
  for (const [what, answer, least] of SERVERS) {
    test(`a server that ${what}`, async (t) => {
      const cwd = await folder(t);
      let requests = 0;
      const received = new Set();
      const url = await listen(t, (request, response) => {
        const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
        response.setHeader("content-type", "application/json");
        if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
        requests += 1;
        const body = { limit: 100, ...answer(Number(query.get("offset"))) };
        for (const { id } of body.items) received.add(id);
        return response.end(JSON.stringify(body));
      });
      const { code, stderr } = await run(sync(), { url, cwd });
      assert.equal(code, 7, stderr);
      assert.match(stderr, /^error: (?:The server|The list)/);
      assert.ok(requests < 3000, `${requests} requests`);
      const stored = (await readFile(join(cwd, "a.ndjson"), "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id);
      assert.ok(stored.length >= least, `${stored.length} stored`);
      const there = new Set(stored);
      assert.deepEqual(
        [...received].filter((id) => !there.has(id)),
        [],
        "received and not stored",
      );
      t.diagnostic(`${requests} requests, ${stored.length} companies`);
    });
  }

  for (const [total, exit] of [
    [250, 0],
    [10 ** 15, 10],
  ]) {
    test(`an empty page ends the list, although the server says that there is more; total ${total}`, async (t) => {
      const cwd = await folder(t);
      const url = await listen(t, (request, response) => {
        const offset = Number(new URL(request.url, "http://server.test").searchParams.get("offset"));
        response.setHeader("content-type", "application/json");
        response.end(
          JSON.stringify({
            items: page(offset, Math.max(0, Math.min(100, 250 - offset))),
            total,
            offset,
            has_more: true,
          }),
        );
      });
      const { code, stderr } = await run(sync(), { url, cwd });
      assert.equal(code, exit, stderr);
      assert.equal(stderr.includes("companies fewer than its total"), exit === 10);
      assert.equal((await readFile(join(cwd, "a.ndjson"), "utf8")).trimEnd().split("\n").length, 250);
    });
  }

  /** The same in a later run, which reads what was delivered since. */
  const LATE = [
    ["repeats a page", (offset) => ({ items: page(500), total: 1e15, offset, has_more: true })],
    ["has no end", (offset) => ({ items: page(500 + offset), total: offset + 200, offset, has_more: true })],
  ];
  for (const [what, answer] of LATE) {
    test(`a list of late deliveries that ${what}`, async (t) => {
      const cwd = await folder(t);
      let requests = 0;
      const received = new Set();
      const url = await listen(t, (request, response) => {
        const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
        response.setHeader("content-type", "application/json");
        if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
        requests += 1;
        const body = query.has("delivered_since")
          ? answer(Number(query.get("offset")))
          : { items: page(0), total: 100, offset: 0, has_more: false };
        for (const { id } of body.items) received.add(id);
        return response.end(JSON.stringify({ limit: 100, ...body }));
      });
      assert.equal((await run(sync(), { url, cwd })).code, 0);
      const { code, stderr } = await run(sync(), { url, cwd, longest: MINUTE * 3 });
      assert.equal(code, 7, stderr);
      assert.ok(requests < 3000, `${requests} requests`);
      const there = new Set(
        (await readFile(join(cwd, "a.ndjson"), "utf8"))
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line).id),
      );
      assert.deepEqual(
        [...received].filter((id) => !there.has(id)),
        [],
        "received and not stored",
      );
    });
  }

  test("a list that is really long goes on with the same command", async (t) => {
    const cwd = await folder(t);
    const length = 251_000;
    const url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
      response.setHeader("content-type", "application/json");
      if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
      const offset = Number(query.get("offset"));
      const items = query.has("delivered_since") ? [] : page(offset, Math.max(0, Math.min(100, length - offset)));
      // It does not count.
      return response.end(JSON.stringify({ items, total: 0, limit: 100, offset, has_more: items.length === 100 }));
    });
    const first = await run(sync(), { url, cwd, longest: MINUTE * 3 });
    assert.deepEqual([first.code, /the same command goes on from there/.test(first.stderr)], [7, true], first.stderr);
    assert.match((await run(sync(), { url, cwd })).stdout, / has 251000\.\n$/);
    const stored = (await readFile(join(cwd, "a.ndjson"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).id);
    assert.equal(new Set(stored).size, length);
    assert.equal(stored.length, length);
  });

  test("what is not a company is an error with its place", async (t) => {
    for (const wrong of ["null", "7", '"c"', "[]", `{"id":"deep","x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`]) {
      const cwd = await folder(t);
      const url = await listen(t, (request, response) => {
        response.setHeader("content-type", "application/json");
        response.end(
          request.url.includes("/validate")
            ? "{}"
            : `{"items":[{"id":"a"},${wrong}],"total":2,"limit":100,"offset":0,"has_more":false}`,
        );
      });
      const { code, stderr } = await run(sync(), { url, cwd });
      assert.deepEqual(
        [code, /Company 1 of the list is (?:not an object|nested more than 1000 levels deep)/.test(stderr)],
        [7, true],
        stderr,
      );
    }
  });
});

test("reading commands send no idempotency key with all of their requests", async (t) => {
  const { mock, url } = await serve(t, {
    prospectSearches: [{ id: SEARCH, name: "s", status: "active" }],
    companies: 120,
    orders: [{ id: "o", status: "RECEIVED" }],
    durations: { RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 },
  });
  const cwd = await folder(t);
  for (const args of [
    sync(),
    ["orders", "list", "--all"],
    ["searches", "all", "--json"],
    ["orders", "wait", "o", "--poll", "1ms"],
  ]) {
    mock.clear();
    const { code, stderr } = await run([...args, "--idempotency-key", "k-1"], { url, cwd });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /--idempotency-key is not sent: this command only reads/);
    assert.ok(mock.requests.length > 0);
    for (const { headers } of mock.requests) assert.equal(headers["idempotency-key"], undefined);
  }
});
