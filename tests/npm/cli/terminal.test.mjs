// Text from a server or a file: a terminal does not interpret it, a log gets one line for each message, and data is
// unchanged.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { folder, run, terminal } from "./command.mjs";

/** @type {(from: number, to: number) => number[]} */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** Controls, bidi controls, separators, zero-width and other invisible characters, tags, an unpaired surrogate. */
const UNSAFE = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  0xad,
  0x34f,
  0x61c,
  0x115f,
  0x180e,
  ...range(0x200b, 0x200f),
  0x2028,
  0x2029,
  ...range(0x202a, 0x202e),
  ...range(0x2060, 0x2069),
  0x3164,
  0xfeff,
  0xfff9,
  0xe0001,
  ...range(0xe0020, 0xe007f),
  0xe0101,
  0xdc00,
];
const HOSTILE = UNSAFE.map((code) => `x${String.fromCodePoint(code)}`).join("");
/** A sequence that a terminal would interpret, followed by all other unsafe characters. */
const OWNED = `a\u001b]0;owned\u0007\u001b[31m\u009b2J\r${HOSTILE}\nerror: made up`;
/** Emoji, combining marks, right-to-left scripts: ordinary text is printed unchanged. */
const HARMLESS = "Müller ❤️ 🚀 שלום 日本 e\u0301";

/** @param {string} text */
const findUnsafe = (text) =>
  [...text].find((letter) => letter !== "\n" && UNSAFE.includes(Number(letter.codePointAt(0))));
/** @param {string} text */
const withoutColors = (text) => text.replace(/\u001b\[(?:1|2|22|31|39)m/g, "");

/**
 * Without the status line.
 *
 * @param {string} text
 */
const withoutStatus = (text) => text.replace(/(?:\r[^\r\n]*)*\r *\r/g, "");

/** @typedef {{ stdout?: number, stderr?: number }} Lines the expected number of lines */

/**
 * Checks that the output has no unsafe characters, and only lines of the command itself.
 *
 * @param {{ stdout: string, stderr: string }} output
 * @param {Lines} [lines]
 */
function assertSafe({ stdout, stderr }, lines = {}) {
  for (const { name, text, expected } of [
    { name: "stdout", text: stdout, expected: lines.stdout },
    { name: "stderr", text: stderr, expected: lines.stderr },
  ]) {
    const found = findUnsafe(withoutColors(text));
    assert.equal(
      found,
      undefined,
      `${name}: U+${found?.codePointAt(0)?.toString(16)} in ${JSON.stringify(text.slice(0, 300))}`,
    );
    if (expected !== undefined) assert.equal(text.trimEnd().split("\n").length, expected, text);
  }
}

/** @typedef {Record<string, unknown>} Routes */

/**
 * A server that responds with JSON by path: a value is a body, or a function that returns `{ status, headers, body }`.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {Routes} routes
 */
async function serveJson(t, routes) {
  return listen(t, (request, response) => {
    const { pathname } = new URL(request.url, "http://server.test");
    const found = routes[pathname];
    const { status = 200, headers = {}, body } = typeof found === "function" ? found() : { body: found };
    for (const [name, value] of Object.entries({ "content-type": "application/json", ...headers }))
      response.setHeader(name, value);
    response.statusCode = status;
    response.end(JSON.stringify(body));
  });
}

/** @param {unknown[]} items */
const pageOf = (items) => ({ items, total: items.length + 1, limit: 100, offset: 0, has_more: false });
const TERMINAL = terminal(80, ["stdout", "stderr"]);
/** @type {[title: string, flags: string[]][]} */
const OUTPUTS = [
  ["a terminal", TERMINAL],
  ["a pipe", []],
];

test("no other module writes to stdout or stderr", async () => {
  const bin = new URL("../../../pkg-template/bin/", import.meta.url);
  const isComment = /^\s*(?:\/\/|\/?\*).*$/gm;
  const WRITES = [
    /process\s*(?:\??\.\s*|\[\s*)(?:std(?:out|err)|_raw|emitWarning|binding)/,
    // `process` itself, whose streams could be taken from it.
    /(?:[=:(,]|\?\?)\s*(?:globalThis\.)?process\s*[;,)}\n]/,
    /\bconsole\b|\bwriteSync\b|\bdebuglog\b/,
    /(?:from|import)\s*\(?\s*"(?:node:)?(?:tty|process|console)"/,
  ];
  for (const name of await readdir(bin)) {
    if (name === "terminal.js") continue;
    const code = (await readFile(new URL(name, bin), "utf8")).replace(isComment, "");
    for (const write of WRITES) assert.equal(write.exec(code), null, `${name}: ${write.exec(code)}`);
  }
});

/**
 * A job with one more state at each poll, and then COMPLETED; it starts over for the next test.
 *
 * @param {string[]} before
 */
function states(...before) {
  /** @type {string[]} */
  let left = [];
  return () => {
    if (left.length === 0) left = [...before, "COMPLETED"];
    return { body: { id: "o", status: left.shift() } };
  };
}

describe("text of the server is escaped", () => {
  /** @type {[title: string, args: string[], routes: Routes, lines?: Lines][]} */
  const CASES = [
    [
      "the cells and the header of a table",
      ["orders", "list"],
      { "/api/v1/orders": pageOf([{ id: OWNED, [OWNED]: OWNED, list: [OWNED] }]) },
      { stdout: 2 },
    ],
    [
      "the names of hidden columns",
      ["orders", "all"],
      { "/api/v1/orders": { ...pageOf([{ id: "o", [OWNED]: { a: OWNED } }]), total: 1 } },
      { stdout: 2, stderr: 1 },
    ],
    [
      "a record with its names and nested values",
      ["orders", "get", "o"],
      { "/api/v1/orders/o": { [OWNED]: OWNED, list: [OWNED, { [OWNED]: OWNED }], deep: { [OWNED]: [[OWNED]] } } },
    ],
    [
      "the headers of a response",
      ["request", "GET", "/a", "--include"],
      { "/a": () => ({ headers: { "x-\u0061": "a\u009b31m\u0085b" }, body: { a: OWNED } }) },
    ],
    [
      "the states of a job",
      ["orders", "wait", "o", "--poll", "1ms"],
      { "/api/v1/orders/o": states(OWNED, `${OWNED}2`) },
      { stdout: 3 },
    ],
    [
      "the states of a job with --json",
      ["orders", "wait", "o", "--poll", "1ms", "--json"],
      { "/api/v1/orders/o": states(OWNED) },
      { stderr: 2 },
    ],
    [
      "the request id with --verbose",
      ["orders", "list", "--verbose"],
      { "/api/v1/orders": () => ({ headers: { "x-request-id": "r\u009b31m\u0085s" }, body: pageOf([]) }) },
      { stderr: 3 },
    ],
    [
      "the message, the code and the fields of an error",
      ["orders", "get", "o"],
      {
        "/api/v1/orders/o": () => ({
          status: 422,
          headers: { "x-request-id": "r\u009bs" },
          body: { code: OWNED, message: OWNED, details: { validation_errors: [{ field: OWNED, error: OWNED }] } },
        }),
      },
    ],
    [
      "the scopes of an error",
      ["orders", "get", "o"],
      {
        "/api/v1/orders/o": () => ({
          status: 403,
          body: { code: "AUTHORIZATION_ERROR", message: OWNED, details: { required_scopes: [OWNED], user_scopes: [] } },
        }),
      },
    ],
    [
      "an error with --json",
      ["orders", "get", "o", "--json"],
      { "/api/v1/orders/o": () => ({ status: 400, body: { code: "X", message: OWNED, details: { [OWNED]: OWNED } } }) },
      { stderr: 1 },
    ],
  ];
  for (const [title, args, routes, lines] of CASES) {
    for (const [where, flags] of OUTPUTS) {
      test(`${title}, in ${where}`, async (t) => {
        const result = await run(args, { url: await serveJson(t, routes), flags });
        assertSafe(result, lines);
        // The client itself replaces the line ends of a request id.
        assert.ok(
          /x\\u00(?:8|9)|\\u009b|r.? 31m.? s/.test(result.stdout + result.stderr),
          "the text is not printed at all",
        );
        if (result.stderr.startsWith("error"))
          for (const line of result.stderr.trimEnd().split("\n").slice(1)) assert.match(line, /^ {2}\S/);
      });
    }
  }

  test("the reasons and names of an import", async (t) => {
    const cwd = await folder(t);
    await writeFile(join(cwd, "a.csv"), `company_name,city,"${OWNED.replaceAll(/["\0]/g, "")}"\nA,,\nB,,\n`);
    const duplicates = {
      "/api/v1/blacklists": pageOf([
        { id: OWNED, name: OWNED },
        { id: `${OWNED}2`, name: OWNED },
      ]),
    };
    const rejects = () => ({
      status: 422,
      body: {
        message: OWNED,
        details: {
          validation_errors: [
            { field: "entries.0", error: OWNED },
            { field: "entries.1.company_name", error: OWNED },
          ],
        },
      },
    });
    const url = await serveJson(t, { ...duplicates, "/api/v1/blacklists/b/entries": rejects });
    for (const [, flags] of OUTPUTS) {
      const { code, ...texts } = await run(
        ["blacklists", "import", "a.csv", "--blacklist", "b", "--allow-duplicates"],
        { url, cwd, flags },
      );
      assert.equal(code, 5);
      assertSafe({ stdout: texts.stdout, stderr: withoutStatus(texts.stderr) }, { stdout: 1 });
      assert.match(texts.stderr, /line \d+: a\\u001b\]0;owned/);
      // An argument must not contain U+0000 or an unpaired surrogate.
      const named = await run(
        ["blacklists", "import", "a.csv", "--name", OWNED.replaceAll("\u0000", "").toWellFormed?.() ?? "n"],
        { url, cwd, flags },
      );
      assertSafe({ stdout: named.stdout, stderr: withoutStatus(named.stderr) });
    }
  });

  test("a string as a body: escaped on a terminal, unchanged in a pipe", async (t) => {
    const text = OWNED.replace("\udc00", "");
    const url = await serveJson(t, { "/a": text });
    const shown = await run(["request", "GET", "/a"], { url, flags: TERMINAL });
    assertSafe(shown, { stdout: 1 });
    assert.match(shown.stdout, /^a\\u001b\]0;owned\\u0007\\u001b\[31m\\u009b2J\\r/);
    assert.equal((await run(["request", "GET", "/a"], { url })).stdout, `${text}\n`);
  });

  test("JSON on a terminal has JSON escapes and the same meaning; in a pipe it is unchanged", async (t) => {
    const value = { [OWNED]: OWNED, list: [OWNED, { deep: HARMLESS }] };
    const url = await serveJson(t, { "/a": value, "/api/v1/orders": { ...pageOf([value, value]), total: 2 } });
    const shown = await run(["request", "GET", "/a", "--json"], { url, flags: TERMINAL });
    assertSafe(shown);
    assert.deepEqual(JSON.parse(shown.stdout), value);
    assert.ok(shown.stdout.includes("\\u009b") && shown.stdout.includes(HARMLESS));
    const rows = await run(["orders", "all", "--json"], { url, flags: TERMINAL });
    assertSafe(rows, { stdout: 2 });
    for (const line of rows.stdout.trimEnd().split("\n")) assert.deepEqual(JSON.parse(line), value);
    assert.equal((await run(["request", "GET", "/a", "--json"], { url })).stdout, `${JSON.stringify(value)}\n`);
  });
});

describe("the output", () => {
  test("has the colors of the command, and none from other text", async (t) => {
    const forged = ["\u001b[31mred\u001b[0m", "\u0000:31\u0000red", `\u0000${"0".repeat(32)}:31\u0000red`];
    const url = await serveJson(t, {
      "/api/v1/orders": { ...pageOf(forged.map((name, n) => ({ id: String(n), name }))), total: 3 },
      "/api/v1/orders/o": () => ({ status: 400, body: { code: "X", message: forged.join("") } }),
    });
    const { stdout } = await run(["orders", "all"], { url, flags: terminal(200) });
    assert.match(stdout, /^\u001b\[1mid {2}name\s*\u001b\[22m\n/);
    assert.doesNotMatch(stdout, /\u001b\[(?!1m|22m)|\u0000/);
    const { stderr } = await run(["orders", "get", "o"], { url, flags: TERMINAL });
    assert.match(stderr, /^\u001b\[31merror:\u001b\[39m GET /);
    assert.equal(stderr.split("\u001b[31m").length, 2);
  });

  test("fits the terminal with its escapes", async (t) => {
    const items = ["a\u202eb", "\u200b".repeat(30), `${HARMLESS}\u0007`, "✅⚡🪐"].map((name, n) => ({
      id: `o${n}`,
      name,
      [`no${"\u200d".repeat(4)}te`]: "y".repeat(99),
    }));
    const url = await serveJson(t, { "/api/v1/orders": { ...pageOf(items), total: 4 } });
    const width = (text) =>
      [...text.replace(/\p{M}/gu, "")].reduce(
        (sum, letter) => sum + (letter > "\u2e80" || /\p{Emoji_Presentation}/u.test(letter) ? 2 : 1),
        0,
      );
    for (const columns of [20, 41, 90]) {
      const result = await run(["orders", "all", "--no-color"], { url, flags: terminal(columns) });
      assertSafe(result, { stdout: 5 });
      for (const line of result.stdout.trimEnd().split("\n")) assert.ok(width(line) <= columns, `${columns}: ${line}`);
    }
    const { stdout } = await run(["orders", "all"], { url });
    assert.ok(stdout.includes(`${HARMLESS}\\u0007`), "ordinary text is unchanged");
  });

  test("caps messages", async (t) => {
    const long = "m".repeat(300_000);
    const url = await serveJson(t, {
      "/api/v1/orders/o": () => ({
        status: 403,
        body: {
          code: "AUTHORIZATION_ERROR",
          message: long,
          details: { required_scopes: Array.from({ length: 9000 }, (_, n) => `scope:${n}`) },
        },
      }),
      "/api/v1/orders": pageOf([
        { id: "o", ...Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`column${n}`, {}])) },
      ]),
    });
    for (const args of [
      ["orders", "get", "o"],
      ["orders", "list"],
    ]) {
      const { stderr } = await run(args, { url });
      for (const line of stderr.split("\n")) assert.ok(line.length < 2500, `${line.length}`);
    }
  });

  test("fits a terminal that reports 0, undefined, 1, few or very many columns", async (t) => {
    const url = await serveJson(t, {
      "/api/v1/orders": pageOf([{ id: "o", name: "n" }]),
      "/api/v1/deliveries/s/companies": { ...pageOf([{ id: "c" }]), total: 1 },
    });
    const cwd = await folder(t);
    await writeFile(join(cwd, "rows.csv"), "company_name\nA\nB\n");
    for (const columns of [0, undefined, 1, 2, 9, 5000]) {
      const flags = terminal(columns, ["stdout", "stderr"]);
      if (columns === undefined || columns >= 10 || columns === 0)
        assert.match((await run(["orders", "list", "--no-color"], { url, flags })).stdout, /o {3}n\n/);
      for (const args of [
        ["orders", "list"],
        ["--help"],
        ["orders", "--help"],
        ["blacklists", "import", "rows.csv", "--dry-run"],
        ["deliveries", "sync", "s", "--out", `${columns}.ndjson`],
      ]) {
        const { code, stderr } = await run(args, { url, cwd, flags });
        assert.equal(code, 0, `${columns} ${args}: ${stderr}`);
      }
    }
  });

  test("an instant out of the range of dates is omitted", async (t) => {
    const url = await serveJson(t, {
      "/api/v1/orders/o": () => ({
        status: 429,
        headers: { "retry-after": "99999999999999" },
        body: { code: "RATE_LIMIT_EXCEEDED", message: "m" },
      }),
    });
    const { code, stderr } = await run(["orders", "get", "o"], { url });
    assert.equal(code, 6, stderr);
    assert.doesNotMatch(stderr, /Invalid/);
  });
});
