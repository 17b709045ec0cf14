// `deliveries sync`: each company once, in memory that does not grow, whatever happens to the process.

import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, serve } from "../helpers/setup.mjs";
import { before, folder, run, start, terminal } from "./command.mjs";
import { chance } from "../soak/random.mjs";

const SEARCH = "search-1";
const SEED = 20_261_125;

function deliveries(count, more = {}) {
  return Array.from({ length: count }, (_, n) => ({
    id: `company-${n}`,
    prospect_search_id: SEARCH,
    name: n % 5 === 0 ? `Company "${n}",\nwith a line` : `Company ${n}`,
    website: `https://firm-${n}.example`,
    match_score: (n % 100) / 10,
    delivered_at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    tags: ["a", n],
    ...more,
  }));
}

const world = (companies) => ({
  prospectSearches: [{ id: SEARCH, name: "s", status: "active" }],
  companies,
  prospects: 0,
});
const sync = (...more) => ["deliveries", "sync", SEARCH, ...more];
const ids = (text) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).id);

/** Until a request comes that fits; that one meets a fault. */
function met(mock, fits, fault) {
  return new Promise((resolve) => {
    mock.fail((request) => {
      if (!fits(request)) return undefined;
      resolve();
      return fault;
    });
  });
}

/** Tells the most memory that the process had, in kilobytes. */
const PEAK = before('process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`));');
/** Little room, so that what is kept shows. */
const SMALL = ["--max-old-space-size=14", "--max-semi-space-size=1"];

describe("100,000 companies", async () => {
  const companies = deliveries(100_000);

  test("killed ten times at random moments, the file is that of a run without a break", async (t) => {
    const cwd = await folder(t);
    const { mock, url } = await serve(t, world(companies));
    const whole = await run(sync("--out", "whole.ndjson"), { url, cwd });
    assert.match(whole.stdout, /^100000 new companies in .*; whole\.ndjson has 100000\.\n$/);
    const requests = mock.requests.length;

    const random = chance(SEED);
    let [killed, runs, last] = [0, 0, undefined];
    while (last === undefined || last.signal !== null) {
      runs += 1;
      const { child, done } = start(sync("--out", "broken.ndjson"), { url, cwd });
      if (killed < 10) {
        // After so many requests, and then within the next milliseconds: in a request, a write, or a step of the checkpoint.
        const after = mock.requests.length + 1 + Math.floor((random() * requests) / 8);
        const late = random() * 12;
        mock.fail((request) => {
          if (request.n !== after) return undefined;
          setTimeout(() => child.kill("SIGKILL"), late);
          return undefined;
        });
      }
      last = await done;
      if (last.signal === "SIGKILL") killed += 1;
      assert.ok(last.signal === "SIGKILL" || last.code === 0, last.stderr);
      assert.ok(runs < 30);
    }
    assert.equal(killed, 10);
    assert.match(last.stdout, /broken\.ndjson has 100000\.\n$/);
    const [a, b] = await Promise.all(["whole", "broken"].map((name) => readFile(join(cwd, `${name}.ndjson`))));
    assert.ok(a.equals(b), "the files differ");
    assert.deepEqual(
      ids(a.toString()),
      companies.map(({ id }) => id),
    );
    assert.deepEqual((await readdir(cwd)).sort(), [
      "broken.ndjson",
      "broken.ndjson.checkpoint.json",
      "whole.ndjson",
      "whole.ndjson.checkpoint.json",
    ]);
  });

  test("need no more memory than 10,000", async (t) => {
    const cwd = await folder(t);
    const peaks = {};
    for (const count of [10_000, 100_000]) {
      const { url } = await serve(t, world(companies.slice(0, count)));
      const { code, stderr } = await run(sync("--out", `${count}.csv`), { url, cwd, flags: [...SMALL, ...PEAK] });
      assert.equal(code, 0, stderr);
      peaks[count] = Number(/peak (\d+)/.exec(stderr)[1]) / 1000;
    }
    t.diagnostic(`peak memory: ${JSON.stringify(peaks)} MB`);
    assert.ok(peaks[100_000] < peaks[10_000] + 25, JSON.stringify(peaks));
  });
});

describe("a crash at each step", () => {
  /** Kills the process at its nth step on the disk; a write is cut in half. */
  const crashAt = (step) =>
    before(`
    import fsp from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    let left = ${step};
    const die = () => process.kill(process.pid, "SIGKILL");
    const counted = (object, name, half) => {
      const own = object[name];
      object[name] = function (...args) {
        left -= 1;
        if (left > 0) return own.apply(this, args);
        if (!half) die();
        return half(own, this, args).then(die);
      };
    };
    const probe = await fsp.open(process.execPath);
    const handles = Object.getPrototypeOf(probe);
    await probe.close();
    counted(handles, "write", (write, handle, [bytes, from, length, at]) => write.call(handle, bytes, from, length >> 1, at));
    counted(handles, "writeFile", (write, handle, [text]) => write.call(handle, text.slice(0, text.length >> 1)));
    for (const name of ["sync", "datasync", "truncate"]) counted(handles, name);
    for (const name of ["rename", "unlink", "link"]) counted(fsp, name);
    syncBuiltinESMExports();
  `);

  test("leaves a file that the next run makes whole", async (t) => {
    const cwd = await folder(t);
    const late = { id: "late", delivered_at: "2999-01-01T00:00:00Z" };
    const { url } = await serve(t, world([...deliveries(150), { ...deliveries(1)[0], ...late }]));
    const whole = {};
    for (const format of ["ndjson", "csv"]) {
      await run(sync("--out", `whole.${format}`), { url, cwd });
      whole[format] = await readFile(join(cwd, `whole.${format}`), "utf8");
    }
    let steps = 0;
    const attempt = async (step) => {
      const format = step % 3 === 0 ? "csv" : "ndjson";
      const out = `${step}.${format}`;
      const first = await run(sync("--out", out), { url, cwd, flags: crashAt(step) });
      if (first.signal === "SIGKILL") steps += 1;
      else assert.equal(first.code, 0, first.stderr);
      const again = await run(sync("--out", out), { url, cwd });
      assert.equal(again.code, 0, `${step}: ${again.stderr}`);
      assert.equal(await readFile(join(cwd, out), "utf8"), whole[format], `step ${step}`);
      return first.signal === "SIGKILL";
    };
    // Each has a file of its own, so that several go at once.
    for (let step = 1, goesOn = true; goesOn; step += 4)
      goesOn = (await Promise.all([0, 1, 2, 3].map((more) => attempt(step + more)))).every(Boolean);
    t.diagnostic(`${steps} steps`);
    assert.ok(steps > 20, `${steps} steps`);
  });
});

describe("what is new", () => {
  /** A list that the test changes, in a server of its own; `at` is when a company was delivered. */
  async function shop(t, list) {
    const own = { list, calls: [], date: "Wed, 25 Nov 2026 10:00:00 GMT", onPage: () => {} };
    own.url = await listen(t, (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url, "http://shop.test");
      response.setHeader("date", own.date);
      response.setHeader("content-type", "application/json");
      if (pathname.endsWith("/validate")) return response.end('{"valid":true,"scopes":[]}');
      const [since, limit, offset] = [
        query.get("delivered_since"),
        Number(query.get("limit")),
        Number(query.get("offset")),
      ];
      own.calls.push([since, offset]);
      own.onPage(own.calls.length);
      const all = own.list.filter(({ at }) => since === null || Date.parse(at) > Date.parse(since));
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
  const item = (id, at = "2026-11-01T00:00:00Z") => ({ id, name: id, prospects: [], at });
  const many = (count, prefix = "c") => Array.from({ length: count }, (_, n) => item(`${prefix}${n}`));
  const read = async (cwd) => ids(await readFile(join(cwd, "a.ndjson"), "utf8"));

  /** The local clock is that of the server. */
  const clockOf = ({ date }) => before(`Date.now = () => ${Date.parse(date)};`);

  test("comes next time, from 10 minutes before the server's instant of the first page, in one request", async (t) => {
    const cwd = await folder(t);
    const own = await shop(t, many(3));
    const first = await run(sync("--out", "a.ndjson", "--json"), { url: own.url, cwd, flags: clockOf(own) });
    assert.deepEqual(
      { ...JSON.parse(first.stdout), bytes: 0 },
      {
        file: "a.ndjson",
        new: 3,
        companies: 3,
        bytes: 0,
        delivered_since: "2026-11-25T09:50:00.000Z",
        missing: 0,
        skipped: 0,
      },
    );
    own.list.push(item("new", "2026-11-25T10:00:07Z"));
    own.date = "Wed, 25 Nov 2026 11:00:00 GMT";
    own.calls.length = 0;
    await run(sync("--out", "a.ndjson"), { url: own.url, cwd, flags: clockOf(own) });
    assert.deepEqual(own.calls, [["2026-11-25T09:50:00.000Z", 0]]);
    assert.deepEqual(await read(cwd), ["c0", "c1", "c2", "new"]);
  });

  test("in the second in which a run begins, or while it goes on, comes once", async (t) => {
    const cwd = await folder(t);
    const own = await shop(t, [item("early", "2026-11-25T10:00:00.400Z"), ...many(600)]);
    // One that the pages have passed already, and one that is on the last page.
    own.onPage = (call) => {
      if (call === 5) own.list.unshift(item("passed", "2026-11-25T10:00:05Z"));
      if (call === 5) own.list.push(item("last", "2026-11-25T10:00:06Z"));
    };
    await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    const expected = ["early", ...many(600).map(({ id }) => id), "last", "passed"];
    assert.deepEqual(await read(cwd), expected);
    own.list.push(item("next", "2026-11-25T10:30:00Z"));
    own.date = "Wed, 25 Nov 2026 11:00:00 GMT";
    for (let runs = 0; runs < 2; runs += 1)
      assert.equal((await run(sync("--out", "a.ndjson"), { url: own.url, cwd })).code, 0);
    assert.deepEqual(await read(cwd), [...expected, "next"]);
  });

  test("companies that go away while it reads take no others with them", async (t) => {
    const cwd = await folder(t);
    const own = await shop(t, many(1500));
    const front = Array.from({ length: 250 }, (_, n) => item(`front${n}`, "2026-11-25T10:00:05Z"));
    const late = many(130, "late");
    own.onPage = (call) => {
      // As many come as go, so that the total tells nothing.
      if (call === 3) own.list = [...own.list.slice(0, 10), ...own.list.slice(140), ...late];
      if (call === 6) own.list.unshift(...front);
      if (call === 8) own.list.splice(300, 1);
      // More than it looks back.
      if (own.calls.at(-1)[1] > 1150 && own.list.length > 1300) own.list.splice(260, 600);
    };
    const { code, stderr } = await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    assert.equal(code, 0, stderr);
    const stored = await read(cwd);
    assert.equal(new Set(stored).size, stored.length);
    assert.deepEqual(
      stored.slice().sort(),
      [...many(1500), ...late, ...front]
        .map(({ id }) => id)
        .filter((id) => stored.includes(id) || own.list.some((there) => there.id === id))
        .sort(),
    );
  });

  test("a list that is another one meanwhile is read again, and a server that stands still is an error", async (t) => {
    const cwd = await folder(t);
    const own = await shop(t, many(900));
    own.onPage = (call) => {
      if (call === 3) own.list = many(900, "other");
    };
    const { code, stderr } = await run(sync("--out", "a.ndjson"), { url: own.url, cwd });
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      (await read(cwd)).filter((id) => id.startsWith("other")).sort(),
      many(900, "other")
        .map(({ id }) => id)
        .sort(),
    );
    const page = JSON.stringify({ items: [item("same")], total: 9, limit: 1, offset: 0, has_more: true });
    const url = await listen(t, (request, response) =>
      response.setHeader("content-type", "application/json").end(page),
    );
    const still = await run(sync("--out", "b.ndjson"), { url, cwd });
    assert.deepEqual(
      [still.code, /another page than the one that was asked for/.test(still.stderr)],
      [7, true],
      still.stderr,
    );
  });
});

describe("the file", () => {
  async function begun(t, companies = deliveries(250), options = {}) {
    const cwd = await folder(t);
    const served = await serve(t, { ...world(companies), ...options });
    const pull = (...more) => run(sync("--out", "a.ndjson", ...more), { url: served.url, cwd });
    return { ...served, cwd, path: join(cwd, "a.ndjson"), pull };
  }

  test("CSV: columns that do not follow from the data, cells as RFC 4180 has them", async (t) => {
    const { url, cwd } = await begun(t, deliveries(1, { name: '=1+"2",\r\nx', country: null }));
    const head =
      "id,name,website,city,country,business_type,match_score,review_status,delivered_at,prospect_search_id,prospects,other\r\n";
    const row = (name) =>
      `company-0,${name},https://firm-0.example,,,,0,,2026-01-01T00:00:00.000Z,search-1,[],"{""tags"":[""a"",0]}"\r\n`;
    await run(sync("--out", "a.csv"), { url, cwd });
    assert.equal(await readFile(join(cwd, "a.csv"), "utf8"), head + row('"=1+""2"",\r\nx"'));
    await run(sync("--out", "b.txt", "--format", "csv", "--escape-formulas"), { url, cwd });
    assert.equal(await readFile(join(cwd, "b.txt"), "utf8"), head + row('"\'=1+""2"",\r\nx"'));
    const other = await run(sync("--out", "a.csv", "--escape-formulas"), { url, cwd });
    assert.deepEqual([other.code, /another format/.test(other.stderr)], [2, true]);
  });

  test("a longer file is cut to the checkpoint, a shorter or another one is refused", async (t) => {
    const { path, pull } = await begun(t);
    await pull();
    const whole = await readFile(path, "utf8");
    await appendFile(path, '{"id":"half');
    assert.equal((await pull()).code, 0);
    assert.equal(await readFile(path, "utf8"), whole);
    const refused = async (words) => {
      const { code, stderr } = await pull();
      assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
    };
    await truncate(path, whole.length - 3);
    await refused(/was changed since its checkpoint/);
    await writeFile(path, whole.replace(/.$/s, " "));
    await refused(/was changed since its checkpoint/);
    await unlink(path);
    await refused(/is gone, but its checkpoint is there/);
    await rm(`${path}.checkpoint.json`);
    await writeFile(path, "mine\n");
    await refused(/is there already, without a checkpoint/);
    assert.equal(await readFile(path, "utf8"), "mine\n");
  });

  test("a checkpoint of another search, server or instant is refused", async (t) => {
    const { path, pull, cwd, url } = await begun(t);
    await pull();
    const before = await stat(path);
    const CASES = [
      [["deliveries", "sync", "search-2", "--out", "a.ndjson"], {}, /of another search: search-1, not search-2/],
      [sync("--out", "a.ndjson"), { url: url.replace("127.0.0.1", "localhost") }, /of another server: /],
      [sync("--out", "a.ndjson", "--format", "csv"), {}, /of another format: ndjson, not csv/],
      [sync("--out", "a.ndjson", "--since", "2026-01-01"), {}, /--since is for a new file/],
    ];
    for (const [args, how, words] of CASES) {
      const { code, stderr } = await run(args, { url, cwd, ...how });
      assert.deepEqual([code, words.test(stderr)], [2, true], stderr);
    }
    assert.deepEqual((await stat(path)).mtimeMs, before.mtimeMs);
    await writeFile(`${path}.checkpoint.json`, "{");
    assert.match((await pull()).stderr, /cannot be read/);
  });

  test("--since begins a new one later", async (t) => {
    const { path, pull } = await begun(t);
    assert.equal((await pull("--since", "2026-01-01T00:03:19+00:00")).code, 0);
    assert.deepEqual(ids(await readFile(path, "utf8")).slice(0, 2), ["company-200", "company-201"]);
  });

  test("two at once: the second is refused; the lock of a process that is gone is not", async (t) => {
    const { mock, path, pull, url } = await begun(t);
    const arrived = met(mock, ({ path }) => path.startsWith("/api/v1/deliveries"), { stall: "headers" });
    const first = start(sync("--out", path), { url });
    await arrived;
    // As in two containers: one host name and one process id.
    const alike = before('Object.defineProperty(process, "pid", { value: 1 });');
    const second = await run(sync("--out", path), { url, flags: alike });
    assert.deepEqual([second.code, /Another process works on it/.test(second.stderr)], [1, true], second.stderr);
    const lock = await readFile(`${path}.lock`, "utf8");
    assert.ok(!lock.includes(hostname()) && !("pid" in JSON.parse(lock)), lock);
    first.child.kill("SIGKILL");
    await first.done;
    const third = await pull();
    assert.equal(third.code, 0, third.stderr);
    await assert.rejects(stat(`${path}.lock`), { code: "ENOENT" });
    // A crash of 0.1.0 on another machine.
    await writeFile(`${path}.lock`, JSON.stringify({ pid: 1, host: `not-${hostname()}` }));
    assert.equal((await pull()).code, 0);
  });

  test("a process that was stopped for long and lost its lock leaves the file alone", async (t) => {
    const { mock, path, pull, url } = await begun(t, deliveries(250));
    const arrived = met(mock, ({ query }) => query.offset === "99", { stall: "headers" });
    const first = start(sync("--out", path), { url });
    await arrived;
    first.child.kill("SIGSTOP");
    assert.equal((await pull()).code, 0);
    const [file, checkpoint] = [await readFile(path), await readFile(`${path}.checkpoint.json`)];
    first.child.kill("SIGCONT");
    first.child.kill("SIGINT");
    const { code } = await first.done;
    assert.notEqual(code, 0);
    assert.deepEqual([await readFile(path), await readFile(`${path}.checkpoint.json`)], [file, checkpoint]);
  });

  test("Ctrl-C keeps what there is: 130, and the next run goes on", async (t) => {
    const { mock, path, cwd, url, pull } = await begun(t, deliveries(1000));
    const arrived = met(mock, ({ query }) => query.offset === "495", { stall: "headers" });
    const { child, done } = start(sync("--out", "a.ndjson"), { url, cwd, flags: terminal(90, ["stderr"]) });
    await arrived;
    child.kill("SIGINT");
    const { code, stdout, stderr } = await done;
    assert.deepEqual([code, stdout], [130, ""]);
    assert.match(stderr, /\r\d+ of 1,000 companies/);
    assert.match(stderr, /Stopped at 496 companies\. The same command goes on from there\.\n$/);
    assert.equal(ids(await readFile(path, "utf8")).length, 496);
    mock.clear();
    assert.match((await pull()).stdout, /^504 new companies .* has 1000\.\n$/);
    assert.equal(mock.requests[0].query.offset, "495");
    assert.equal(new Set(ids(await readFile(path, "utf8"))).size, 1000);
  });

  test("a search that is not there leaves nothing behind, so that the right one may have the file", async (t) => {
    const { url, cwd, pull } = await begun(t);
    const wrong = await run(["deliveries", "sync", "search-2", "--out", "a.ndjson"], { url, cwd });
    assert.equal(wrong.code, 4, wrong.stderr);
    assert.deepEqual(await readdir(cwd), []);
    assert.equal((await pull()).code, 0);
    const again = await run(["deliveries", "sync", "search-2", "--out", "a.ndjson"], { url, cwd });
    assert.equal(again.code, 2);
    assert.deepEqual((await readdir(cwd)).sort(), ["a.ndjson", "a.ndjson.checkpoint.json"]);
  });

  test("an error keeps what there is too, and has its own exit code", async (t) => {
    const { mock, path, pull } = await begun(t);
    mock.fail(({ query, path }) =>
      path.startsWith("/api/v1/deliveries") &&
      Number(query.offset) <= 240 &&
      Number(query.offset) + Number(query.limit) > 240 &&
      Number(query.offset) > 150
        ? { status: 501, times: 1000 }
        : undefined,
    );
    assert.equal((await pull()).code, 7);
    assert.equal(ids(await readFile(path, "utf8")).length, 240);
    mock.clear();
    assert.equal((await pull()).code, 0);
    assert.equal(ids(await readFile(path, "utf8")).length, 250);
  });
});
