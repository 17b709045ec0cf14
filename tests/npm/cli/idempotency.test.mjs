// `blacklists import` with an idempotency key and a server that honors it: the same key gets the stored response, and
// nothing is done. And the file of the rows that were rejected.

import assert from "node:assert/strict";
import { lstat, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

/**
 * It answers a key that it knows with what it answered before, whatever the path and the body are. `fail` may answer in
 * place of the server; what it answers is kept like any other response.
 */
async function honoring(t, { fail = () => undefined, keepsErrors = true } = {}) {
  const own = { stored: [], lists: [], keys: [], replays: 0, fail };
  const known = new Map();
  const act = (path, body, requests) => {
    const failure = own.fail(path, body, requests);
    if (failure !== undefined) return failure;
    if (path.endsWith("/entries")) {
      own.stored.push(...body.entries.map((entry) => [path, entry.external_id]));
      return [201, { added: body.entries.length }];
    }
    own.lists.push({ id: `list-${own.lists.length}`, name: body.name });
    return [201, own.lists.at(-1)];
  };
  own.requests = 0;
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
    const key = request.headers["idempotency-key"];
    own.keys.push(key);
    own.requests += 1;
    if (known.has(key)) own.replays += 1;
    const answer = known.get(key) ?? act(pathname, JSON.parse(Buffer.concat(chunks)), own.requests);
    if (key !== undefined && (keepsErrors || answer[0] < 400)) known.set(key, answer);
    response.statusCode = answer[0];
    return response.end(JSON.stringify(answer[1]));
  });
  return own;
}

const csv = (ids) => ["external_id", ...ids].join("\n");
const many = (count) => Array.from({ length: count }, (_, n) => `id-${n}`);

async function importing(t, text, options) {
  const cwd = await folder(t);
  const own = await honoring(t, options);
  await writeFile(join(cwd, "a.csv"), text);
  own.load = (...more) =>
    run(["blacklists", "import", "a.csv", "--idempotency-key", "K", ...more], { url: own.url, cwd });
  own.ids = () => own.stored.map(([, id]) => id);
  own.cwd = cwd;
  return own;
}

describe("an idempotency key", () => {
  test("stands for each request on its own: 25,000 rows are stored once, also when the command is run again", async (t) => {
    const own = await importing(t, csv(many(25_000)));
    for (let n = 0; n < 2; n += 1) {
      assert.equal((await own.load("--name", "ours")).code, 0);
      assert.deepEqual(own.ids(), many(25_000), `run ${n}`);
    }
    assert.deepEqual(
      own.lists.map(({ name }) => name),
      ["ours"],
    );
    assert.ok(
      own.keys.every((key) => /^K\.[0-9a-f]{32}$/.test(key)),
      own.keys,
    );
    assert.deepEqual([new Set(own.keys).size, own.replays], [4, 3]);
  });

  for (const keepsErrors of [true, false]) {
    test(`across the rounds after a 422, which the server ${keepsErrors ? "keeps" : "forgets"}`, async (t) => {
      const bad = new Set(["id-3", "id-9999", "id-12000"]);
      const fail = (path, { entries }) => {
        const found = entries?.findIndex(({ external_id: id }) => bad.has(id)) ?? -1;
        return found === -1
          ? undefined
          : [422, { message: "m", details: { validation_errors: [{ field: `entries.${found}`, error: "is bad" }] } }];
      };
      const own = await importing(t, csv(many(25_000)), { fail, keepsErrors });
      const expected = many(25_000).filter((id) => !bad.has(id));
      for (let n = 0; n < 2; n += 1) {
        const { code, stdout } = await own.load("--blacklist", "b");
        assert.deepEqual([code, stdout], [5, "24997 rows accepted into blacklist b, 3 refused.\n"]);
        assert.deepEqual(own.ids(), expected);
      }
    });
  }

  test("when the import goes on at a line, at that of the hint or at another one", async (t) => {
    const own = await importing(t, csv(many(35_000)));
    own.fail = (path, body, n) => (n === 2 ? [403, { code: "AUTHORIZATION_ERROR", message: "m" }] : undefined);
    const first = await own.load("--blacklist", "b");
    assert.deepEqual([first.code, own.stored.length], [3, 10_000]);
    const [, from] = /--from-line (\d+)/.exec(first.stderr);
    // The server has kept its refusal for that key, as the caller of the same request would expect.
    own.fail = () => undefined;
    assert.equal((await own.load("--blacklist", "b", "--from-line", from)).code, 3);
    const other = (...more) =>
      run(["blacklists", "import", "a.csv", "--idempotency-key", "K2", "--blacklist", "b", ...more], {
        url: own.url,
        cwd: own.cwd,
      });
    assert.equal((await other("--from-line", from)).code, 0);
    assert.deepEqual(own.ids(), many(35_000));
    // The parts behind the first are those of before, so that none of their rows is stored again.
    assert.equal((await other("--from-line", String(Number(from) + 4000))).code, 0);
    assert.equal(own.stored.length, 35_000 + 6000);
  });

  test("parts with the same rows are different requests", async (t) => {
    const own = await importing(t, csv(Array.from({ length: 20_000 }, () => "same")));
    assert.equal((await own.load("--blacklist", "b", "--allow-duplicates")).code, 0);
    assert.equal(own.stored.length, 20_000);
    assert.equal((await own.load("--blacklist", "b", "--allow-duplicates")).code, 0);
    assert.equal(own.stored.length, 20_000);
  });

  test("is another one for another blacklist and another name", async (t) => {
    const own = await importing(t, csv(["1", "2"]));
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

  test("without one there is none", async (t) => {
    const own = await importing(t, csv(["1"]));
    await run(["blacklists", "import", "a.csv", "--blacklist", "b"], { url: own.url, cwd: own.cwd });
    assert.deepEqual(own.keys, [undefined]);
  });
});

describe("the file of rejected rows", () => {
  const ROWS = 'external_id,website_url,company_name,city\n"=1+1",,"@SUM(A1)","+49"\n-5,,"-x","＝1"\n';
  const rejects =
    (why) =>
    (path, { entries }) => [
      422,
      { message: "m", details: { validation_errors: entries.map((_, n) => ({ field: `entries.${n}`, error: why })) } },
    ];

  test("has the cells of the file, or escaped ones; the reason is escaped in any case", async (t) => {
    for (const why of ["=HYPERLINK(1)", "@x", "\t=x", "\r\n=x", "＋x", "-1+1"]) {
      const own = await importing(t, ROWS, { fail: rejects(why) });
      const reason = /[\r\n]/.test(why) ? `"'${why}"` : `'${why}`;
      assert.equal((await own.load("--blacklist", "b", "--refused", "r.csv")).code, 5);
      assert.equal(
        await readFile(join(own.cwd, "r.csv"), "utf8"),
        `line,why,external_id,website_url,company_name,city\r\n2,${reason},=1+1,,@SUM(A1),+49\r\n3,${reason},-5,,-x,＝1\r\n`,
      );
      assert.equal((await own.load("--blacklist", "b", "--refused", "r.csv", "--escape-formulas")).code, 5);
      assert.equal(
        await readFile(join(own.cwd, "r.csv"), "utf8"),
        `line,why,external_id,website_url,company_name,city\r\n2,${reason},'=1+1,,'@SUM(A1),'+49\r\n3,${reason},-5,,'-x,'＝1\r\n`,
      );
    }
  });

  test("is no link, and for its owner alone", async (t) => {
    const own = await importing(t, "company_name,city\n,K\n");
    await writeFile(join(own.cwd, "victim"), "mine\n");
    await symlink("victim", join(own.cwd, "r.csv"));
    const { code, stderr } = await own.load("--blacklist", "b", "--refused", "r.csv");
    assert.deepEqual([code, /r\.csv cannot be used: it is a symbolic link/.test(stderr)], [2, true], stderr);
    assert.equal(await readFile(join(own.cwd, "victim"), "utf8"), "mine\n");
    assert.equal((await own.load("--blacklist", "b", "--refused", "s.csv")).code, 5);
    assert.equal((await lstat(join(own.cwd, "s.csv"))).mode & 0o077, 0);
    // A device is meant as such.
    assert.equal((await own.load("--blacklist", "b", "--refused", "/dev/null")).code, 5);
  });
});
