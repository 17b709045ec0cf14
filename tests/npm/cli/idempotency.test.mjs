// `blacklists import` with an idempotency key and a server that honors it: a repeated key gets the stored response
// without any effect. And the file of rejected rows.

import assert from "node:assert/strict";
import { lstat, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

/** @typedef {[status: number, body: object]} Response */

/**
 * A server that repeats its response to a known idempotency key, whatever the path and the body are. `fail` may return
 * another response, which is kept like any other.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {object} [options]
 * @param {(path: string, body: any, requests: number) => Response | undefined} [options.fail]
 * @param {boolean} [options.keepsErrors]
 */
async function startServer(t, { fail = () => undefined, keepsErrors = true } = {}) {
  const own = {
    /** @type {[path: string, id: string][]} */
    stored: [],
    /** @type {{ id: string, name: string }[]} */
    lists: [],
    /** @type {object[] | undefined} The blacklists that it lists, if they differ from `lists`. */
    listed: undefined,
    /** @type {(string | undefined)[]} */
    keys: [],
    replays: 0,
    requests: 0,
    url: "",
    fail,
  };
  /** @type {Map<string | undefined, Response>} */
  const known = new Map();
  /** @type {(path: string, body: any, requests: number) => Response} */
  const handle = (path, body, requests) => {
    const failure = own.fail(path, body, requests);
    if (failure !== undefined) return failure;
    if (path.endsWith("/entries")) {
      for (const { external_id: id } of body.entries) own.stored.push([path, id]);
      return [201, { added: body.entries.length }];
    }
    const list = { id: `list-${own.lists.length}`, name: body.name };
    own.lists.push(list);
    return [201, list];
  };
  own.url = await listen(t, async (request, response) => {
    const { pathname } = new URL(request.url, "http://server.test");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader("content-type", "application/json");
    if (request.method === "GET")
      return response.end(
        JSON.stringify({
          items: own.listed ?? own.lists,
          total: own.lists.length,
          limit: 100,
          offset: 0,
          has_more: false,
        }),
      );
    const key = request.headers["idempotency-key"]?.toString();
    own.keys.push(key);
    own.requests += 1;
    if (known.has(key)) own.replays += 1;
    const [status, body] =
      known.get(key) ?? handle(pathname, JSON.parse(Buffer.concat(chunks).toString()), own.requests);
    if (key !== undefined && (keepsErrors || status < 400)) known.set(key, [status, body]);
    response.statusCode = status;
    return response.end(JSON.stringify(body));
  });
  return own;
}

const csv = (ids) => ["external_id", ...ids].join("\n");
const many = (count) => Array.from({ length: count }, (_, n) => `id-${n}`);

/**
 * A server, and a file that `load` imports.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {string} text
 * @param {Parameters<typeof startServer>[1]} [options]
 */
async function setUp(t, text, options) {
  const cwd = await folder(t);
  const server = await startServer(t, options);
  await writeFile(join(cwd, "a.csv"), text);
  /** @param {string[]} more */
  const load = (...more) =>
    run(["blacklists", "import", "a.csv", "--idempotency-key", "K", ...more], { url: server.url, cwd });
  return Object.assign(server, { load, ids: () => server.stored.map(([, id]) => id), cwd });
}

describe("an idempotency key", () => {
  test("is derived for each request: 25,000 rows are stored once, also if the command runs again", async (t) => {
    const own = await setUp(t, csv(many(25_000)));
    for (let n = 0; n < 2; n += 1) {
      assert.equal((await own.load("--name", "ours")).code, 0);
      assert.deepEqual(own.ids(), many(25_000), `run ${n}`);
    }
    assert.deepEqual(
      own.lists.map(({ name }) => name),
      ["ours"],
    );
    for (const key of own.keys) assert.match(String(key), /^K\.[0-9a-f]{32}$/);
    assert.deepEqual([new Set(own.keys).size, own.replays], [4, 3]);
  });

  for (const keepsErrors of [true, false]) {
    test(`batches that are resent after a 422 that the server ${keepsErrors ? "keeps" : "forgets"}`, async (t) => {
      const bad = new Set(["id-3", "id-9999", "id-12000"]);
      /** @type {(path: string, body: { entries?: { external_id: string }[] }) => Response | undefined} */
      const fail = (path, { entries }) => {
        const found = entries?.findIndex(({ external_id: id }) => bad.has(id)) ?? -1;
        return found === -1
          ? undefined
          : [422, { message: "m", details: { validation_errors: [{ field: `entries.${found}`, error: "is bad" }] } }];
      };
      const own = await setUp(t, csv(many(25_000)), { fail, keepsErrors });
      const expected = many(25_000).filter((id) => !bad.has(id));
      for (let n = 0; n < 2; n += 1) {
        const { code, stdout } = await own.load("--blacklist", "b");
        assert.deepEqual([code, stdout], [5, "24997 rows accepted into blacklist b, 3 rejected.\n"]);
        assert.deepEqual(own.ids(), expected);
      }
    });
  }

  test("an import that resumes at the line of the hint, or at another one", async (t) => {
    const own = await setUp(t, csv(many(35_000)));
    own.fail = (path, body, n) => (n === 2 ? [403, { code: "AUTHORIZATION_ERROR", message: "m" }] : undefined);
    const first = await own.load("--blacklist", "b");
    assert.deepEqual([first.code, own.stored.length], [3, 10_000]);
    const [, from = ""] = /--from-line (\d+)/.exec(first.stderr) ?? [];
    // The server has kept its error for that key, as specified for a repeated request.
    own.fail = () => undefined;
    assert.equal((await own.load("--blacklist", "b", "--from-line", from)).code, 3);
    /** @param {string[]} more */
    const other = (...more) =>
      run(["blacklists", "import", "a.csv", "--idempotency-key", "K2", "--blacklist", "b", ...more], {
        url: own.url,
        cwd: own.cwd,
      });
    assert.equal((await other("--from-line", from)).code, 0);
    assert.deepEqual(own.ids(), many(35_000));
    // The batches after the first one are the same as before, so that their rows are not stored again.
    assert.equal((await other("--from-line", String(Number(from) + 4000))).code, 0);
    assert.equal(own.stored.length, 35_000 + 6000);
  });

  test("batches with the same rows are different requests", async (t) => {
    const own = await setUp(t, csv(Array.from({ length: 20_000 }, () => "same")));
    assert.equal((await own.load("--blacklist", "b", "--allow-duplicates")).code, 0);
    assert.equal(own.stored.length, 20_000);
    assert.equal((await own.load("--blacklist", "b", "--allow-duplicates")).code, 0);
    assert.equal(own.stored.length, 20_000);
  });

  test("is different for another blacklist and another name", async (t) => {
    const own = await setUp(t, csv(["1", "2"]));
    own.listed = [];
    for (const more of [
      ["--blacklist", "b"],
      ["--blacklist", "c"],
      ["--name", "n"],
      ["--name", "m"],
      ["--name", "n"],
    ])
      assert.equal((await own.load(...more)).code, 0);
    assert.deepEqual(
      own.lists.map(({ name }) => name),
      ["n", "m"],
    );
    assert.deepEqual(
      own.stored.map(([path]) => path.split("/")[4]),
      ["b", "b", "c", "c", "list-0", "list-0", "list-1", "list-1"],
    );
  });

  test("is derived from the content alone without the option", async (t) => {
    const own = await setUp(t, csv(many(15_000)));
    for (let n = 0; n < 2; n += 1)
      await run(["blacklists", "import", "a.csv", "--name", "n"], { url: own.url, cwd: own.cwd });
    assert.equal(own.keys.length, 5);
    for (const key of own.keys) assert.match(String(key), /^import\.[0-9a-f]{32}$/);
    assert.deepEqual([new Set(own.keys).size, own.replays, own.stored.length], [3, 2, 15_000]);
  });
});

describe("the file of rejected rows", () => {
  const ROWS = 'external_id,website_url,company_name,city\n"=1+1",,"@SUM(A1)","+49"\n-5,,"-x","＝1"\n';
  const HEAD = "line,why,external_id,website_url,company_name,city\r\n";
  /** @type {(why: string) => (path: string, body: { entries: object[] }) => Response} */
  const rejects =
    (why) =>
    (path, { entries }) => [
      422,
      { message: "m", details: { validation_errors: entries.map((_, n) => ({ field: `entries.${n}`, error: why })) } },
    ];

  test("has the cells of the file, or escaped ones; the reason is escaped in any case", async (t) => {
    for (const why of ["=HYPERLINK(1)", "@x", "\t=x", "\r\n=x", "＋x", "-1+1"]) {
      const own = await setUp(t, ROWS, { fail: rejects(why) });
      const reason = /[\r\n]/.test(why) ? `"'${why}"` : `'${why}`;
      assert.equal((await own.load("--blacklist", "b", "--refused", "r.csv")).code, 5);
      assert.equal(
        await readFile(join(own.cwd, "r.csv"), "utf8"),
        `${HEAD}2,${reason},=1+1,,@SUM(A1),+49\r\n3,${reason},-5,,-x,＝1\r\n`,
      );
      assert.equal((await own.load("--blacklist", "b", "--refused", "r.csv", "--escape-formulas")).code, 5);
      assert.equal(
        await readFile(join(own.cwd, "r.csv"), "utf8"),
        `${HEAD}2,${reason},'=1+1,,'@SUM(A1),'+49\r\n3,${reason},-5,,'-x,'＝1\r\n`,
      );
    }
  });

  test("is not written through a link, and is readable by its owner only", async (t) => {
    const own = await setUp(t, "company_name,city\n,K\n");
    await writeFile(join(own.cwd, "victim"), "mine\n");
    await symlink("victim", join(own.cwd, "r.csv"));
    const { code, stderr } = await own.load("--blacklist", "b", "--refused", "r.csv");
    assert.deepEqual([code, /r\.csv cannot be used: it is a symbolic link/.test(stderr)], [2, true], stderr);
    assert.equal(await readFile(join(own.cwd, "victim"), "utf8"), "mine\n");
    assert.equal((await own.load("--blacklist", "b", "--refused", "s.csv")).code, 5);
    assert.equal((await lstat(join(own.cwd, "s.csv"))).mode & 0o077, 0);
    // A device is written to directly.
    assert.equal((await own.load("--blacklist", "b", "--refused", "/dev/null")).code, 5);
  });
});
