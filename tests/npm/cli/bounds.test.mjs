// `deliveries sync` with a server whose list does not end: the number of requests is bounded, and no company is lost.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, serve } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

const SEARCH = "search-1";
/** @param {string[]} more */
const sync = (...more) => ["deliveries", "sync", SEARCH, "--out", "a.ndjson", ...more];
const SLOW = { timeoutMs: 180_000 };

describe("a list that never ends: 7", () => {
  /** @param {number} n */
  const company = (n) => ({ id: `c${n}`, delivered_at: "2026-01-01T00:00:00.000Z" });
  /** @param {number} from */
  const page = (from, count = 100) => Array.from({ length: count }, (_, n) => company(from + n));
  let invented = 0;

  /** @typedef {{ items: { id: string }[], total: number, offset: number, has_more: boolean }} Page */

  /**
   * Servers, with the minimum number of companies in the file afterwards.
   *
   * @type {[title: string, respond: (offset: number) => Page, least: number][]}
   */
  const SERVERS = [
    ["repeats its first page", (offset) => ({ items: page(0), total: 100_000, offset, has_more: true }), 100],
    [
      "repeats its first page, with a total of 10^15",
      (offset) => ({ items: page(0), total: 1e15, offset, has_more: true }),
      100,
    ],
    [
      "alternates between two pages",
      (offset) => ({ items: page(Math.floor(offset / 99) % 2 === 0 ? 0 : 99), total: 1e15, offset, has_more: true }),
      199,
    ],
    [
      "cycles through six pages",
      (offset) => ({ items: page((Math.floor(offset / 99) % 6) * 99), total: 1e15, offset, has_more: true }),
      590,
    ],
    ["repeats its first page with offset 0", () => ({ items: page(0), total: 1000, offset: 0, has_more: true }), 100],
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
      "has one more company at any offset",
      (offset) => ({ items: page(offset), total: 1e15, offset, has_more: true }),
      50_000,
    ],
    [
      "has one more company at any offset, with an absurd total",
      (offset) => ({ items: page(offset), total: 1e300, offset, has_more: true }),
      50_000,
    ],
    [
      "has one more company at any offset, in pages of two",
      (offset) => ({ items: page(offset, 2), total: 1e15, offset, has_more: true }),
      1000,
    ],
  ];
  for (const [title, respond, least] of SERVERS) {
    test(`a server that ${title}`, async (t) => {
      const cwd = await folder(t);
      let requests = 0;
      const received = new Set();
      const url = await listen(t, (request, response) => {
        const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
        response.setHeader("content-type", "application/json");
        if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
        requests += 1;
        const body = { limit: 100, ...respond(Number(query.get("offset"))) };
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
    test(`an empty page ends the list, even if has_more is true; total ${total}`, async (t) => {
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

  /**
   * The same in a later run, which reads the deliveries since the first one.
   *
   * @type {[title: string, respond: (offset: number) => Page][]}
   */
  const LATE = [
    ["repeats a page", (offset) => ({ items: page(500), total: 1e15, offset, has_more: true })],
    ["never ends", (offset) => ({ items: page(500 + offset), total: offset + 200, offset, has_more: true })],
  ];
  for (const [title, respond] of LATE) {
    test(`a list of late deliveries that ${title}`, async (t) => {
      const cwd = await folder(t);
      let requests = 0;
      const received = new Set();
      const url = await listen(t, (request, response) => {
        const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
        response.setHeader("content-type", "application/json");
        if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
        requests += 1;
        const body = query.has("delivered_since")
          ? respond(Number(query.get("offset")))
          : { items: page(0), total: 100, offset: 0, has_more: false };
        for (const { id } of body.items) received.add(id);
        return response.end(JSON.stringify({ limit: 100, ...body }));
      });
      assert.equal((await run(sync(), { url, cwd })).code, 0);
      const { code, stderr } = await run(sync(), { url, cwd, ...SLOW });
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

  test("the same command continues a list that really is that long", async (t) => {
    const cwd = await folder(t);
    const length = 251_000;
    const url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://server.test");
      response.setHeader("content-type", "application/json");
      if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
      const offset = Number(query.get("offset"));
      const items = query.has("delivered_since") ? [] : page(offset, Math.max(0, Math.min(100, length - offset)));
      // The total is wrong.
      return response.end(JSON.stringify({ items, total: 0, limit: 100, offset, has_more: items.length === 100 }));
    });
    const first = await run(sync(), { url, cwd, ...SLOW });
    assert.deepEqual([first.code, /the same command continues from there/.test(first.stderr)], [7, true], first.stderr);
    assert.match((await run(sync(), { url, cwd })).stdout, / has 251000\.\n$/);
    const stored = (await readFile(join(cwd, "a.ndjson"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).id);
    assert.equal(new Set(stored).size, length);
    assert.equal(stored.length, length);
  });

  test("an item that is not a company is an error with its position", async (t) => {
    for (const invalid of ["null", "7", '"c"', "[]", `{"id":"deep","x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`]) {
      const cwd = await folder(t);
      const url = await listen(t, (request, response) => {
        response.setHeader("content-type", "application/json");
        response.end(
          request.url.includes("/validate")
            ? "{}"
            : `{"items":[{"id":"a"},${invalid}],"total":2,"limit":100,"offset":0,"has_more":false}`,
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

test("commands that only read send no idempotency key", async (t) => {
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
