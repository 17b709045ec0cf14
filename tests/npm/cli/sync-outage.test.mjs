// `deliveries sync`: a server that is down is waited for, a page that alone fails is halved; and the number of requests
// of a run without news.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { preload } from "./command.mjs";
import { pageOf, setUp } from "./list-server.mjs";

const MINUTE = 60_000;
/** @param {number} count */
const companies = (count, start = Date.now() - 1000 * MINUTE) =>
  Array.from({ length: count }, (_, n) => ({ id: `f${n}`, delivered_at: new Date(start + n * 10).toISOString() }));
/** Waits take a fiftieth of their time. */
const flags = preload(
  "const own = setTimeout; globalThis.setTimeout = (run, ms, ...more) => own(run, ms / 50, ...more);",
);

describe("an outage", () => {
  for (const status of [503, 500, 429]) {
    test(`that begins at any request, with ${status}: the file has every company, none is skipped`, async (t) => {
      for (const begin of [1, 2, 4]) {
        const own = await setUp(t, companies(260));
        own.body = (from, limit, all) =>
          own.requests.length >= begin && own.requests.length < begin + 15
            ? status
            : JSON.stringify(pageOf(from, limit, all));
        const { code, stderr } = await own.sync(["--skip-bad", "bad.ndjson"], { flags });
        assert.equal(code, 0, stderr);
        assert.equal((await own.lines()).length, 260);
        await assert.rejects(readFile(join(own.cwd, "bad.ndjson")), { code: "ENOENT" });
      }
    });
  }

  test("while a page is halved for a row that fails: only that row is skipped", async (t) => {
    for (const begin of [8, 12, 20, 30]) {
      const own = await setUp(t, companies(260));
      own.body = (from, limit, all) => {
        const isDown = own.requests.length >= begin && own.requests.length < begin + 12;
        return isDown ? 503 : from <= 143 && 143 < from + limit ? 500 : JSON.stringify(pageOf(from, limit, all));
      };
      const { code, stdout, stderr } = await own.sync(["--skip-bad", "bad.ndjson", "--json"], { flags });
      assert.equal(code, 0, stderr);
      assert.deepEqual([JSON.parse(stdout).skipped, (await own.lines()).length], [1, 259], `request ${begin}`);
    }
  });

  test("a server that rejects an offset beyond its list works", async (t) => {
    const own = await setUp(t, companies(60));
    own.body = (from, limit, all) =>
      from > all.length ? 400 : from <= 7 && 7 < from + limit ? 500 : JSON.stringify(pageOf(from, limit, all));
    const { code, stdout, stderr } = await own.sync(["--skip-bad", "bad.ndjson", "--json"], { flags });
    assert.equal(code, 0, stderr);
    assert.deepEqual([JSON.parse(stdout).skipped, (await own.lines()).length], [1, 59]);
  });
});

describe("the requests of a run without news", () => {
  /** @typedef {ReturnType<typeof pageOf>} Page */
  /** @type {[title: string, overlap: number, change: (page: Page) => unknown, requests: number][]} */
  const CASES = [
    ["no company at all", 0, ({ has_more: _, ...page }) => page, 1],
    ["no company at all, a bare list", 0, ({ items }) => items, 1],
    ["some in the overlap", 30, (page) => page, 1],
    ["some in the overlap, no has_more", 30, ({ has_more: _, ...page }) => page, 1],
    ["one in the overlap, no has_more", 1, ({ items, total }) => ({ items, total }), 1],
    ["some in the overlap, no has_more and no limit", 30, ({ items, total }) => ({ items, total }), 1],
    ["some in the overlap, no total", 30, ({ items, has_more }) => ({ items, has_more }), 1],
    // Nothing shows that the list is complete.
    ["some in the overlap, a bare list", 30, ({ items }) => items, 3],
    ["some in the overlap, has_more that is always true", 30, (page) => ({ ...page, has_more: true }), 3],
    ["as many in the overlap as the server's limit", 40, ({ items, total }) => ({ items, total, limit: 40 }), 2],
  ];
  for (const [title, overlap, change, requests] of CASES) {
    test(`${title}: ${requests}`, async (t) => {
      const own = await setUp(t, [...companies(150), ...companies(overlap, Date.now() - 5 * MINUTE)]);
      assert.equal((await own.sync()).code, 0);
      const lines = await own.lines();
      own.body = (from, limit, all) => JSON.stringify(change(pageOf(from, limit, all)));
      own.requests.length = 0;
      const { code, stderr } = await own.sync();
      assert.equal(code, 0, stderr);
      assert.equal(own.requests.length, requests);
      assert.deepEqual(await own.lines(), lines);
    });
  }

  /** @type {[title: string, total: (page: Page, count: number) => number][]} */
  const WRONG = [
    ["of the page", (_, count) => count],
    ["up to the page", ({ offset }, count) => offset + count],
    ["too low", () => 3],
  ];
  for (const [title, total] of WRONG) {
    test(`a total that is ${title} hides no new company`, async (t) => {
      const own = await setUp(t, companies(5, Date.now() - 5 * MINUTE));
      own.body = (from, limit, all) => {
        const page = pageOf(from, limit, all);
        const items = page.items.slice(0, 40);
        return JSON.stringify({ ...page, items, total: total(page, items.length), has_more: undefined });
      };
      assert.equal((await own.sync()).code, 0);
      own.list.push(...companies(170, Date.now() - MINUTE).map((company) => ({ ...company, id: `n-${company.id}` })));
      for (let runs = 0; runs < 2; runs += 1) assert.equal((await own.sync()).code, 0);
      assert.equal((await own.lines()).length, 175);
    });
  }
});
