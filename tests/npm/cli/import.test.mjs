// `blacklists import`: good rows are sent in parts, refused ones are told with their line and why.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { serve } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

async function shop(t, text) {
  const cwd = await folder(t);
  const { mock, url } = await serve(t, { blacklists: [{ id: "b", name: "ours" }] });
  await writeFile(join(cwd, "a.csv"), text);
  const load = (...more) => run(["blacklists", "import", "a.csv", ...more], { url, cwd });
  const sent = () =>
    mock.requests.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body.entries ?? body]);
  return { mock, url, cwd, load, sent };
}

const PATH = "/api/v1/blacklists/b/entries";

describe("a CSV file", () => {
  const ENTRIES = [
    { external_id: "1", website_url: "a.example", company_name: 'A "&" Sons, Ltd', city: "Köln" },
    { company_name: "two\nlines" },
  ];
  const FILES = {
    "with commas": 'external_id,website_url,company_name,city\n1,a.example,"A ""&"" Sons, Ltd",Köln\n,,"two\nlines",\n',
    "of a spreadsheet: a mark at its beginning, semicolons, CRLF":
      '\uFEFF"External ID";Website URL;Company Name;City\r\n1;a.example;"A ""&"" Sons, Ltd";Köln\r\n;;"two\nlines";\r\n',
    "with tabs, other columns and no end":
      'city\tphone\tcompany_name\twebsite_url\texternal_id\nKöln\t0\t"A ""&"" Sons, Ltd"\ta.example\t1\n\n\t\t"two\nlines"',
  };
  for (const [what, text] of Object.entries(FILES)) {
    test(what, async (t) => {
      const { load, sent } = await shop(t, text);
      const { code, stdout, stderr } = await load("--blacklist", "b");
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "2 rows accepted into blacklist b, 0 refused.\n");
      const [[path, entries]] = sent();
      assert.equal(path, PATH);
      assert.deepEqual(entries, ENTRIES);
    });
  }

  const WRONG = [
    ["", /The file is empty/],
    ["city,phone\nKöln,1\n", /must name one of external_id, website_url, company_name/],
    ["city,company_name,city\n", /names city twice/],
    ['company_name\n"never ends\n', /quote does not end in the row of line 2/],
  ];
  for (const [text, words] of WRONG) {
    test(`is none: ${words.source}`, async (t) => {
      const { load, sent } = await shop(t, text);
      const { code, stderr } = await load("--blacklist", "b");
      assert.deepEqual([code, words.test(stderr), sent()], [5, true, []], stderr);
    });
  }

  for (const name of [
    "websit_url",
    "Homepage",
    "Company Domain",
    "Kunden-Nr.",
    "Domäne",
    "CRM ID",
    "URL 2",
    "companyWebsite",
    "Account Name",
  ]) {
    test(`the column ${name} could identify a company: 5 until it is mapped or ignored`, async (t) => {
      const { load, sent } = await shop(
        t,
        `city,${name},${name === "Account Name" ? "external_id" : "company_name"}\nUlm,a.example,A\n`,
      );
      const { code, stderr } = await load("--blacklist", "b");
      assert.deepEqual([code, stderr.includes(`--ignore "${name}"`), sent()], [5, true, []], stderr);
      const [, option] = /--map "([^"]+)"/.exec(stderr);
      assert.equal((await load("--blacklist", "b", "--map", option)).code, 0);
      assert.equal((await load("--blacklist", "b", "--ignore", name)).code, 0);
      const [[, [mapped]], [, [ignored]]] = sent();
      assert.equal(mapped[option.split("=")[1]], "a.example");
      assert.equal(Object.keys(ignored).length, 2);
    });
  }

  test("columns that say something else are left out", async (t) => {
    const { load } = await shop(t, "company_name,First Name,Phone,Company size,Postal code\nA,,,,\n");
    const { code, stderr } = await load("--blacklist", "b");
    assert.equal(code, 0, stderr);
  });

  test("a wrong --map or --ignore: 2", async (t) => {
    const { load, sent } = await shop(t, "company_name,Web\nA,a.example\n");
    for (const [more, words] of [
      [["--map", "Wbe=website_url"], /no column "Wbe"\. Did you mean web\?/],
      [["--map", "Web=websiteurl"], /no field "websiteurl"\. Did you mean website_url\?/],
      [["--ignore", "Wep"], /no column "Wep"/],
      [["--map", "Web"], /COLUMN=FIELD/],
      [["--map", "Web=city", "--ignore", "web"], /twice/],
    ]) {
      const { code, stderr } = await load("--blacklist", "b", ...more);
      assert.deepEqual([code, words.test(stderr), sent()], [2, true, []], stderr);
    }
  });

  test("a column that is nearly one is told", async (t) => {
    const { load } = await shop(t, "company_name,citty\nA,Ulm\n");
    assert.match((await load("--blacklist", "b")).stderr, /"citty" is left out; did you mean city\?/);
  });
});

describe("refused rows", () => {
  const TEXT = "external_id,website_url,city\n1,a.example,K\n,,K\n2,no address,\n3,,,4\n5,ftp://a.example,\n6,,\n";
  const REFUSED = [
    [3, "it has none of external_id, website_url, company_name"],
    [4, 'website_url "no address" is no web address'],
    [5, "it has 4 cells, the first line has 3"],
    [6, 'website_url "ftp://a.example" is no web address'],
  ];

  test("by our own look are not sent: 5", async (t) => {
    const { load, sent, cwd } = await shop(t, TEXT);
    const { code, stdout, stderr } = await load("--blacklist", "b", "--refused", "refused.csv");
    assert.equal(code, 5);
    assert.equal(stdout, "2 rows accepted into blacklist b, 4 refused.\n");
    for (const [line, why] of REFUSED) assert.ok(stderr.includes(`line ${line}: ${why}\n`), stderr);
    assert.deepEqual(sent(), [
      [PATH, [{ external_id: "1", website_url: "a.example", city: "K" }, { external_id: "6" }]],
    ]);
    const report = await readFile(join(cwd, "refused.csv"), "utf8");
    assert.ok(report.startsWith("line,why,external_id,website_url,company_name,city\r\n3,"));
    assert.ok(report.includes('4,"website_url ""no address"" is no web address",2,no address,,\r\n'));
    const {
      blacklist_id: id,
      accepted,
      refused,
      refused_rows: rows,
    } = JSON.parse((await load("--blacklist", "b", "--json")).stdout);
    assert.deepEqual([id, accepted, refused, rows], ["b", 0, 4, REFUSED.map(([line, why]) => ({ line, why }))]);
  });

  test("by the server are taken out, and the rest is sent", async (t) => {
    const { mock, load, sent } = await shop(t, "company_name\nA\nB\nC\nD\n");
    const wrong = (...fields) => ({
      status: 422,
      details: { validation_errors: fields.map((field) => ({ field, error: "is bad" })) },
    });
    const faults = [wrong("entries.1.company_name", "entries.2"), wrong("body.entries[1].company_name")];
    for (const fault of faults) mock.fail(({ method }) => (method === "POST" ? fault : undefined));
    const { code, stdout, stderr } = await load("--blacklist", "b");
    assert.deepEqual([code, stdout], [5, "1 rows accepted into blacklist b, 3 refused.\n"]);
    assert.equal(stderr, "line 3: company_name is bad\nline 4: is bad\nline 5: company_name is bad\n");
    assert.deepEqual(
      sent().map(([, entries]) => entries.map(({ company_name: name }) => name).join("")),
      ["ABCD", "AD", "A"],
    );
  });

  test("that a server does not name are an error", async (t) => {
    const { mock, load } = await shop(t, "company_name\nA\n");
    const fault = { status: 422, details: { validation_errors: [{ field: "body", error: "is bad" }] } };
    mock.fail(({ method }) => (method === "POST" ? fault : undefined));
    const { code, stderr } = await load("--blacklist", "b");
    assert.deepEqual([code, /error: .*422/.test(stderr)], [5, true]);
  });
});

test("25,000 rows go in parts; one that is stopped goes on at a line", async (t) => {
  const text = ["external_id", ...Array.from({ length: 25_000 }, (_, n) => `id-${n}`)].join("\n");
  const { mock, load, sent } = await shop(t, text);
  mock.fail(() => (mock.requests.length === 3 ? { status: 403 } : undefined));
  const { code, stderr } = await load("--blacklist", "b");
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^10000 rows are in blacklist b, up to line 10001\. To go on: --blacklist b --from-line 10002$/m,
  );
  mock.clear();
  assert.equal(
    (await load("--blacklist", "b", "--from-line", "10002")).stdout,
    "15000 rows accepted into blacklist b, 0 refused.\n",
  );
  assert.deepEqual(
    sent().map(([, { length, 0: first }]) => [length, first.external_id]),
    [
      [10_000, "id-10000"],
      [5000, "id-20000"],
    ],
  );
});

describe("which blacklist", () => {
  const TEXT = "company_name\nA\n";

  test("by name: the one of that name, else a new one", async (t) => {
    const { load, sent } = await shop(t, TEXT);
    await load("--name", "ours");
    assert.deepEqual(
      sent().map(([path]) => path),
      [PATH],
    );
    for (let times = 0; times < 2; times += 1) await load("--name", "theirs", "--allow-duplicates");
    assert.deepEqual(sent()[1], ["/api/v1/blacklists", { name: "theirs" }]);
    assert.equal(sent()[2][0], sent()[3][0]);
    assert.equal(sent().length, 4);
  });

  test("one of the two has to be said: 2", async (t) => {
    const { load } = await shop(t, TEXT);
    for (const more of [[], ["--name", "a", "--blacklist", "b"]]) assert.equal((await load(...more)).code, 2);
  });

  test("a dry run sends nothing", async (t) => {
    const { mock, load } = await shop(t, TEXT);
    const { code, stdout } = await load("--dry-run");
    assert.deepEqual(
      [code, stdout, mock.requests.length],
      [0, 'line 2: company_name "A"\n1 rows would be sent, 0 refused.\n', 0],
    );
  });

  test("a file without a good row makes none", async (t) => {
    const { mock, load } = await shop(t, "company_name,city\n,K\n");
    assert.equal((await load("--name", "theirs")).code, 5);
    assert.equal(mock.requests.length, 0);
  });
});
