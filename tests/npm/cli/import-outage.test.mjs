// `blacklists import` through rate limits and outages, against a server that ignores idempotency keys: each row is
// stored once.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, until } from "../helpers/setup.mjs";
import { folder, run, start, terminal } from "./command.mjs";

/** What the server does with a request that writes: how many of its rows it stores, and how it responds. */
/** @typedef {{ stores?: number, status?: number, retryAfter?: string, reset?: boolean, stall?: boolean }} Fault */

const BATCH = 10_000;

/** @param {number} count */
const csv = (count) => ["external_id", ...Array.from({ length: count }, (_, n) => `id-${n}`)].join("\n");

/**
 * A server with the blacklist `b`, and `load`, which imports a file of `count` rows.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {number} count
 * @param {(Fault | undefined)[]} faults of the requests that write, in order; the last one applies to all that follow
 */
async function setUp(t, count, faults) {
  const cwd = await folder(t);
  await writeFile(join(cwd, "a.csv"), csv(count));
  const own = {
    url: "",
    cwd,
    faults,
    /** @type {{ id: string, name: string }[]} */
    lists: [{ id: "b", name: "ours" }],
    /** @type {Record<string, string>[]} */
    stored: [],
    /** @type {string[]} */
    keys: [],
    /** @type {string[]} The queries of the requests that read entries. */
    reads: [],
    /** @type {Record<string, unknown>} Members of each page that differ. */
    page: {},
    /** @type {number | undefined} */
    readStatus: undefined,
    /** @param {string[]} more */
    load: (...more) => run(own.args(...more), { url: own.url, cwd }),
    /** @param {string[]} more */
    args: (...more) => ["blacklists", "import", "a.csv", ...more],
    assertStoredOnce: () =>
      assert.deepEqual(
        own.stored.map(({ external_id: id }) => id),
        csv(count).split("\n").slice(1),
      ),
  };
  own.url = await listen(t, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://server.test");
    response.setHeader("content-type", "application/json");
    if (request.method === "GET") {
      const items = pathname.endsWith("/entries") ? own.stored : own.lists;
      if (items === own.stored) own.reads.push(searchParams.toString());
      if (items === own.stored && own.readStatus !== undefined)
        return response.writeHead(own.readStatus).end('{"code":"AUTHORIZATION_ERROR","message":"m"}');
      const [limit, offset] = [Number(searchParams.get("limit")), Number(searchParams.get("offset"))];
      const rows = items.slice(offset, offset + limit);
      const [total, has_more] = [items.length, offset + limit < items.length];
      return response.end(JSON.stringify({ items: rows, total, limit, offset, has_more, ...own.page }));
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    own.keys.push(String(request.headers["idempotency-key"]));
    const { stores, status = 201, retryAfter, reset, stall } = own.faults.shift() ?? {};
    const storesAll = stores === undefined && status === 201;
    const list = { id: `list-${own.lists.length}`, name: body.name };
    if (body.entries) own.stored.push(...body.entries.slice(0, storesAll ? undefined : (stores ?? 0)));
    else if (storesAll || stores) own.lists.push(list);
    if (reset) return request.socket.destroy();
    if (stall) return undefined;
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.statusCode = status;
    return response.end(JSON.stringify(status === 201 ? list : { code: "X", message: "m" }));
  });
  return own;
}

const FIRST = "limit=1&offset=0";

describe("each row is stored once", () => {
  /** @type {[title: string, faults: (Fault | undefined)[], writes: number, keys: number, reads: string[]][]} */
  const CASES = [
    ["a 429 with Retry-After", [{ status: 429, retryAfter: "0.2" }], 4, 3, []],
    ["a 429 without", [undefined, { status: 429 }], 4, 3, []],
    ["503, nothing is stored", [undefined, { status: 503, retryAfter: "0.1" }], 4, 3, [FIRST]],
    ["503, all is stored", [undefined, { status: 503, stores: BATCH, retryAfter: "0.1" }], 3, 3, [FIRST]],
    ["a broken connection, nothing is stored", [{ reset: true, stores: 0 }], 4, 3, [FIRST]],
    ["a broken connection, all is stored", [{ reset: true, stores: BATCH }], 3, 3, [FIRST]],
    [
      "two failures in a row",
      [
        { status: 503, retryAfter: "0.1" },
        { status: 502, stores: BATCH, retryAfter: "0.1" },
      ],
      4,
      3,
      [FIRST, FIRST],
    ],
  ];
  for (const [title, faults, writes, keys, reads] of CASES) {
    test(title, async (t) => {
      const own = await setUp(t, 25_000, faults);
      const { code, stdout, stderr } = await own.load("--blacklist", "b");
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "25000 rows accepted into blacklist b, 0 rejected.\n");
      own.assertStoredOnce();
      assert.deepEqual([own.keys.length, new Set(own.keys).size], [writes, keys]);
      // One page before the import: the blacklist is empty.
      assert.deepEqual(own.reads.slice(1), reads);
    });
  }

  test("a batch that is stored in part: only the others are sent, with a key of their own", async (t) => {
    for (const reset of [true, false]) {
      const own = await setUp(t, 12_000, [undefined, { status: 503, stores: 700, retryAfter: "0.1", reset }]);
      const { code, stderr } = await own.load("--blacklist", "b");
      assert.equal(code, 0, stderr);
      own.assertStoredOnce();
      assert.deepEqual([own.keys.length, new Set(own.keys).size], [3, 3]);
      assert.equal(own.reads[1], FIRST);
      assert.equal(own.reads.length, 2 + 107);
    }
  });

  test("a total that is missing or wrong is not believed", async (t) => {
    for (const page of [
      { total: undefined },
      { total: 0 },
      { total: "0" },
      { total: 1, has_more: true },
      { total: 7 },
    ]) {
      for (const stores of [0, 300, 900]) {
        const own = await setUp(t, 900, [{ reset: true, stores }]);
        own.page = page;
        const { code, stderr } = await own.load("--blacklist", "b");
        assert.equal(code, 0, stderr);
        own.assertStoredOnce();
      }
    }
  });

  test("a timeout", async (t) => {
    for (const stores of [0, 40, 90]) {
      const own = await setUp(t, 90, [{ stall: true, stores }]);
      const { code, stderr } = await own.load("--blacklist", "b", "--timeout", "2s");
      assert.equal(code, 0, stderr);
      own.assertStoredOnce();
    }
  });

  test("an import that gives up prints how to resume, and the same command sends the rest", async (t) => {
    const down = { status: 503, retryAfter: "0.1" };
    const own = await setUp(t, 25_000, [undefined, { ...down, stores: 500 }, ...Array(50).fill(down)]);
    const first = await own.load("--blacklist", "b", "--wait-up-to", "400ms");
    assert.equal(first.code, 7, first.stderr);
    assert.match(first.stderr, /^10500 rows are in blacklist b, up to line 10001\. To resume: .*--from-line 10002$/m);
    assert.match(first.stderr, /hint +--wait-up-to \S+ waits longer/);
    own.faults = [];
    assert.equal((await own.load("--blacklist", "b")).code, 0);
    own.assertStoredOnce();
  });
});

describe("without reading the entries", () => {
  test("--allow-duplicates sends the same request again, with the same key", async (t) => {
    const own = await setUp(t, 20, [{ reset: true, stores: 20 }]);
    assert.equal((await own.load("--blacklist", "b", "--allow-duplicates")).code, 0);
    assert.deepEqual([own.stored.length, own.keys.length, new Set(own.keys).size, own.reads], [40, 2, 1, []]);
  });

  test("so does a key that may not read", async (t) => {
    const own = await setUp(t, 20, [undefined, { reset: true, stores: 20 }]);
    own.readStatus = 403;
    assert.equal((await own.load("--name", "new")).code, 0);
    assert.deepEqual([own.stored.length, own.keys.length, new Set(own.keys).size], [40, 3, 2]);
  });
});

describe("a new blacklist", () => {
  test("is created once, also if the outcome is unknown", async (t) => {
    for (const stores of [0, 1]) {
      const own = await setUp(t, 3, [{ reset: true, stores }]);
      const { code, stderr } = await own.load("--name", "new");
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        own.lists.map(({ name }) => name),
        ["ours", "new"],
      );
      own.assertStoredOnce();
    }
  });

  test("is created again after a deletion, also if the server repeats its response to the key", async (t) => {
    const cwd = await folder(t);
    await writeFile(join(cwd, "a.csv"), csv(2));
    /** @type {Map<unknown, string>} */
    const responses = new Map([]);
    /** @type {Set<string>} */
    const lists = new Set();
    let rows = 0;
    const url = await listen(t, (request, response) => {
      response.setHeader("content-type", "application/json");
      const [, , , , id] = request.url.split("/");
      if (id !== undefined && !lists.has(id.split("?")[0]))
        return response.writeHead(404).end('{"code":"BLACKLIST_NOT_FOUND","message":"m"}');
      if (request.method === "GET")
        return response.end('{"items":[],"total":0,"limit":100,"offset":0,"has_more":false}');
      if (id !== undefined) {
        rows += 2;
        return response.end("{}");
      }
      const key = request.headers["idempotency-key"];
      const own = responses.get(key) ?? `list-${responses.size}`;
      if (!responses.has(key)) lists.add(own);
      responses.set(key, own);
      return response.writeHead(201).end(JSON.stringify({ id: own }));
    });
    for (let n = 0; n < 3; n += 1) {
      const { code, stdout, stderr } = await run(["blacklists", "import", "a.csv", "--name", "n"], { url, cwd });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, `2 rows accepted into blacklist list-${n}, 0 rejected.\n`);
      lists.clear();
    }
    assert.equal(rows, 6);
  });
});

describe("the end of a wait", () => {
  test("--wait-up-to 0 and --retries: no wait", async (t) => {
    /** @type {[more: string[], fault: Fault, exit: number, writes: number][]} */
    const CASES = [
      [["--wait-up-to", "0"], { status: 429, retryAfter: "0.1" }, 6, 1],
      [["--wait-up-to", "0"], { status: 503 }, 7, 1],
      [["--wait-up-to", "0"], { reset: true, stores: 0 }, 8, 1],
      [["--retries", "2"], { status: 503, retryAfter: "0.1" }, 7, 3],
      [["--deadline", "2s"], { status: 503, retryAfter: "60" }, 7, 1],
    ];
    for (const [more, fault, exit, writes] of CASES) {
      const own = await setUp(t, 3, Array(9).fill(fault));
      const { code, stderr } = await own.load("--blacklist", "b", ...more);
      assert.deepEqual([code, own.keys.length], [exit, writes], stderr);
      assert.match(stderr, /^0 rows are in blacklist b\. To resume: --blacklist b --from-line 2$/m);
    }
  });

  test("Ctrl-C during a wait: 130 at once, with the line to resume at", async (t) => {
    const own = await setUp(t, 12_000, [undefined, { status: 503, retryAfter: "3600" }]);
    const { child, texts, done } = start(own.args("--blacklist", "b", "-v"), { url: own.url, cwd: own.cwd });
    await until(() => texts.stderr.includes("waiting until"), "the command waits");
    child.kill("SIGINT");
    const { code, stderr } = await done;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^503: server error: waiting until \d\d:\d\d:\d\d$/m);
    assert.match(stderr, /10000 rows are in blacklist b, up to line 10001\. To resume: .* --from-line 10002/);
  });

  test("a terminal shows why it waits, and until when", async (t) => {
    const own = await setUp(t, 3, [{ status: 429, retryAfter: "0.2" }]);
    const flags = terminal(90, ["stderr"]);
    const { code, stderr } = await run(own.args("--blacklist", "b"), { url: own.url, cwd: own.cwd, flags });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\rwaiting for the server until \d\d:\d\d:\d\d \(429: rate limited\)/);
    assert.equal(own.keys.length, 2);
  });
});
