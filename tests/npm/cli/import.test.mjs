// `blacklists import`: valid rows are sent in batches, rejected ones are reported with their line and the reason.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { serve } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

/**
 * A server, and a file that `load` imports.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {string} text
 */
async function setUp(t, text) {
  const cwd = await folder(t);
  const { mock, url } = await serve(t, { blacklists: [{ id: "b", name: "ours" }] });
  await writeFile(join(cwd, "a.csv"), text);
  /** @param {string[]} more */
  const load = (...more) => run(["blacklists", "import", "a.csv", ...more], { url, cwd });
  /** @type {() => [path: string, body: any][]} */
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
    "with commas":
      "external_id,website_url,company_name,city\n" + '1,a.example,"A ""&"" Sons, Ltd",Köln\n' + ',,"two\nlines",\n',
    "from a spreadsheet: byte order mark, semicolons, CRLF":
      '\uFEFF"External ID";Website URL;Company Name;City\r\n' +
      '1;a.example;"A ""&"" Sons, Ltd";Köln\r\n' +
      ';;"two\nlines";\r\n',
    "with tabs, other columns and no final line end":
      "city\tphone\tcompany_name\twebsite_url\texternal_id\n" +
      'Köln\t0\t"A ""&"" Sons, Ltd"\ta.example\t1\n\n' +
      '\t\t"two\nlines"',
  };
  for (const [title, text] of Object.entries(FILES)) {
    test(title, async (t) => {
      const { load, sent } = await setUp(t, text);
      const { code, stdout, stderr } = await load("--blacklist", "b");
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "2 rows accepted into blacklist b, 0 rejected.\n");
      const [[path, entries]] = sent();
      assert.equal(path, PATH);
      assert.deepEqual(entries, ENTRIES);
    });
  }

  /** @type {[text: string, error: RegExp][]} */
  const INVALID = [
    ["", /The file is empty/],
    ["city,phone\nKöln,1\n", /must name at least one of external_id, website_url, company_name/],
    ["city,company_name,city\n", /names city twice/],
    ['company_name\n"never ends\n', /A quote is not closed in the row of line 2/],
  ];
  for (const [text, error] of INVALID) {
    test(`is invalid: ${error.source}`, async (t) => {
      const { load, sent } = await setUp(t, text);
      const { code, stderr } = await load("--blacklist", "b");
      assert.deepEqual([code, error.test(stderr), sent()], [5, true, []], stderr);
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
      const { load, sent } = await setUp(
        t,
        `city,${name},${name === "Account Name" ? "external_id" : "company_name"}\nUlm,a.example,A\n`,
      );
      const { code, stderr } = await load("--blacklist", "b");
      assert.deepEqual([code, stderr.includes(`--ignore "${name}"`), sent()], [5, true, []], stderr);
      const [, option = ""] = /--map "([^"]+)"/.exec(stderr) ?? [];
      assert.equal((await load("--blacklist", "b", "--map", option)).code, 0);
      assert.equal((await load("--blacklist", "b", "--ignore", name)).code, 0);
      const [[, [mapped]], [, [ignored]]] = sent();
      assert.equal(mapped[option.split("=")[1]], "a.example");
      assert.equal(Object.keys(ignored).length, 2);
    });
  }

  test("columns with other names are ignored", async (t) => {
    const { load } = await setUp(t, "company_name,First Name,Phone,Company size,Postal code\nA,,,,\n");
    const { code, stderr } = await load("--blacklist", "b");
    assert.equal(code, 0, stderr);
  });

  test("an invalid --map or --ignore: 2", async (t) => {
    const { load, sent } = await setUp(t, "company_name,Web\nA,a.example\n");
    /** @type {[options: string[], error: RegExp][]} */
    const CASES = [
      [["--map", "Wbe=website_url"], /unknown column "Wbe"\. Did you mean web\?/],
      [["--map", "Web=websiteurl"], /unknown field "websiteurl"\. Did you mean website_url\?/],
      [["--ignore", "Wep"], /unknown column "Wep"/],
      [["--map", "Web"], /COLUMN=FIELD/],
      [["--map", "Web=city", "--ignore", "web"], /twice/],
    ];
    for (const [options, error] of CASES) {
      const { code, stderr } = await load("--blacklist", "b", ...options);
      assert.deepEqual([code, error.test(stderr), sent()], [2, true, []], stderr);
    }
  });

  test("a column that resembles a field is reported", async (t) => {
    const { load } = await setUp(t, "company_name,citty\nA,Ulm\n");
    assert.match((await load("--blacklist", "b")).stderr, /"citty" is ignored; did you mean city\?/);
  });
});

describe("rejected rows", () => {
  const TEXT = "external_id,website_url,city\n1,a.example,K\n,,K\n2,no address,\n3,,,4\n5,ftp://a.example,\n6,,\n";
  /** @type {[line: number, reason: string][]} */
  const REJECTED = [
    [3, "it has none of external_id, website_url, company_name"],
    [4, 'website_url "no address" is not a web address'],
    [5, "it has 4 cells, the first line has 3"],
    [6, 'website_url "ftp://a.example" is not a web address'],
  ];

  test("that the command itself rejects are not sent: 5", async (t) => {
    const { load, sent, cwd } = await setUp(t, TEXT);
    const { code, stdout, stderr } = await load("--blacklist", "b", "--refused", "refused.csv");
    assert.equal(code, 5);
    assert.equal(stdout, "2 rows accepted into blacklist b, 4 rejected.\n");
    for (const [line, why] of REJECTED) assert.ok(stderr.includes(`line ${line}: ${why}\n`), stderr);
    assert.deepEqual(sent(), [
      [PATH, [{ external_id: "1", website_url: "a.example", city: "K" }, { external_id: "6" }]],
    ]);
    const report = await readFile(join(cwd, "refused.csv"), "utf8");
    assert.ok(report.startsWith("line,why,external_id,website_url,company_name,city\r\n3,"));
    assert.ok(report.includes('4,"website_url ""no address"" is not a web address",2,no address,,\r\n'));
    const {
      blacklist_id: id,
      accepted,
      refused,
      refused_rows: rows,
    } = JSON.parse((await load("--blacklist", "b", "--json")).stdout);
    assert.deepEqual([id, accepted, refused, rows], ["b", 0, 4, REJECTED.map(([line, why]) => ({ line, why }))]);
  });

  test("that the server rejects are removed, and the rest is sent", async (t) => {
    const { mock, load, sent } = await setUp(t, "company_name\nA\nB\nC\nD\n");
    /** @param {string[]} fields */
    const invalid = (...fields) => ({
      status: 422,
      details: { validation_errors: fields.map((field) => ({ field, error: "is bad" })) },
    });
    const faults = [invalid("entries.1.company_name", "entries.2"), invalid("body.entries[1].company_name")];
    for (const fault of faults) mock.fail(({ method }) => (method === "POST" ? fault : undefined));
    const { code, stdout, stderr } = await load("--blacklist", "b");
    assert.deepEqual([code, stdout], [5, "1 rows accepted into blacklist b, 3 rejected.\n"]);
    assert.equal(stderr, "line 3: company_name is bad\nline 4: is bad\nline 5: company_name is bad\n");
    assert.deepEqual(
      sent().map(([, entries]) => entries.map(({ company_name: name }) => name).join("")),
      ["ABCD", "AD", "A"],
    );
  });

  test("that the server does not identify are an error", async (t) => {
    const { mock, load } = await setUp(t, "company_name\nA\n");
    const fault = { status: 422, details: { validation_errors: [{ field: "body", error: "is bad" }] } };
    mock.fail(({ method }) => (method === "POST" ? fault : undefined));
    const { code, stderr } = await load("--blacklist", "b");
    assert.deepEqual([code, /error: .*422/.test(stderr)], [5, true]);
  });
});

test("25,000 rows are sent in batches; an import that stopped resumes at a line", async (t) => {
  const text = ["external_id", ...Array.from({ length: 25_000 }, (_, n) => `id-${n}`)].join("\n");
  const { mock, load, sent } = await setUp(t, text);
  mock.fail(() => (mock.requests.length === 3 ? { status: 403 } : undefined));
  const { code, stderr } = await load("--blacklist", "b");
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^10000 rows are in blacklist b, up to line 10001\. To resume: --blacklist b --from-line 10002$/m,
  );
  mock.clear();
  assert.equal(
    (await load("--blacklist", "b", "--from-line", "10002")).stdout,
    "15000 rows accepted into blacklist b, 0 rejected.\n",
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

  test("by name: the existing one of that name, else a new one", async (t) => {
    const { load, sent } = await setUp(t, TEXT);
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

  test("exactly one of the two options is required: 2", async (t) => {
    const { load } = await setUp(t, TEXT);
    for (const more of [[], ["--name", "a", "--blacklist", "b"]]) assert.equal((await load(...more)).code, 2);
  });

  test("a dry run sends nothing", async (t) => {
    const { mock, load } = await setUp(t, TEXT);
    const { code, stdout } = await load("--dry-run");
    assert.deepEqual(
      [code, stdout, mock.requests.length],
      [0, 'line 2: company_name "A"\n1 rows would be sent, 0 rejected.\n', 0],
    );
  });

  test("a file without a valid row creates none", async (t) => {
    const { mock, load } = await setUp(t, "company_name,city\n,K\n");
    assert.equal((await load("--name", "theirs")).code, 5);
    assert.equal(mock.requests.length, 0);
  });
});
