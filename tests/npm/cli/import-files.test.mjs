// `blacklists import` of files that are not plain UTF-8 CSV: decoded correctly, or nothing is sent.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { serve } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

/**
 * Imports a file with these bytes.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 * @param {string | Buffer} bytes
 * @param {string[]} more
 */
async function load(t, bytes, ...more) {
  const cwd = await folder(t);
  const { mock, url } = await serve(t, { blacklists: [{ id: "b", name: "ours" }] });
  await writeFile(join(cwd, "a.csv"), bytes);
  const result = await run(["blacklists", "import", "a.csv", "--blacklist", "b", ...more], { url, cwd });
  return {
    ...result,
    sent: mock.requests.filter(({ method }) => method === "POST").flatMap(({ body }) => body.entries),
  };
}

/** @param {string} text */
const latin = (text) => Buffer.from(text, "latin1");

describe("encodings", () => {
  const TEXT = "company_name;city\nBäckerei Süß;Gößweinstein\n";
  const ENTRY = [{ company_name: "Bäckerei Süß", city: "Gößweinstein" }];
  /** @type {[title: string, bytes: string | Buffer, options: string[]][]} */
  const VALID = [
    ["windows-1252", latin(TEXT), ["--encoding", "windows-1252"]],
    ["utf-16le", Buffer.from(TEXT, "utf16le"), ["--encoding", "utf-16le"]],
    ["utf-16le with its byte order mark", Buffer.from(`\uFEFF${TEXT}`, "utf16le"), []],
    ["utf-16be with its byte order mark", Buffer.from(`\uFEFF${TEXT}`, "utf16le").swap16(), []],
    ["utf-8 with its byte order mark", `\uFEFF${TEXT}`, ["--encoding", "utf-8"]],
  ];
  for (const [title, bytes, options] of VALID) {
    test(title, async (t) => {
      const { code, stderr, sent } = await load(t, bytes, ...options);
      assert.deepEqual([code, sent], [0, ENTRY], stderr);
    });
  }

  test("windows-1252 has more than Latin-1", async (t) => {
    const { sent } = await load(t, latin("company_name\n\x84Dach\x93 \x96 5 \x80\n"), "--encoding", "cp1252");
    assert.deepEqual(sent, [{ company_name: "„Dach“ – 5 €" }]);
  });

  const rows = Array.from({ length: 20_000 }, (_, n) => `firm ${n}`).join("\r\n");
  /** @type {[title: string, bytes: string | Buffer, error: RegExp][]} */
  const INVALID = [
    ["a first row", latin("company_name\nCaf\xe9\n"), /Line 2 is not valid utf-8[^]*--encoding windows-1252/],
    ["a later row", latin(`company_name\r\n${rows}\r\nCaf\xe9\r\nB\r\n`), /Line 20002 is not valid utf-8/],
    ["the last byte", latin("company_name\rA\rCaf\xc3"), /Line 3 is not valid utf-8/],
    ["NUL", "company_name\nA\nB\0C\n", /Line 3 has a NUL/],
  ];
  for (const [title, bytes, error] of INVALID) {
    test(`invalid: ${title}: 5, and nothing is sent`, async (t) => {
      const { code, stderr, sent } = await load(t, bytes);
      assert.deepEqual([code, error.test(stderr), sent], [5, true, []], stderr);
    });
  }

  test("an encoding that contradicts the byte order mark: 5; an unknown one: 2", async (t) => {
    assert.equal((await load(t, `\uFEFF${TEXT}`, "--encoding", "windows-1252")).code, 5);
    assert.equal((await load(t, TEXT, "--encoding", "utf-99")).code, 2);
  });
});

describe("structure", () => {
  test("CR ends a line, also mixed with other line ends", async (t) => {
    const { sent, stderr } = await load(t, 'company_name\rA\r"B\rb"\nC\r\nD');
    assert.deepEqual(
      sent.map(({ company_name: name }) => name),
      ["A", "B\rb", "C", "D"],
      stderr,
    );
  });

  /** @type {[text: string, error: RegExp][]} */
  const INVALID = [
    ['company_name;city\n"Acme;Berlin\nB;C\n"F";G\n', /text after a closing quote in the row of line 2/],
    ['company_name,city\nA,B\n"x\r\ny",C\n"Nord"see,Kiel\n', /text after a closing quote in the row of line 5/],
    [
      `company_name\nA\n"open\n${"B\n".repeat(1_000_000)}`,
      /more than a million characters, or a quote that is not closed, in the row of line 3/,
    ],
    [`"company_name\n${"B\n".repeat(1_000_000)}`, /a quote that is not closed, in the row of line 1/],
    [`company_name\n${"A\n".repeat(30_000)}"open\n`, /A quote is not closed in the row of line 30002/],
  ];
  for (const [text, error] of INVALID) {
    test(`${error.source}: nothing is sent`, async (t) => {
      const { code, stderr, sent } = await load(t, text);
      assert.deepEqual([code, error.test(stderr), sent], [5, true, []], stderr);
    });
  }

  test("another delimiter", async (t) => {
    assert.deepEqual((await load(t, "company_name|city\nA,B|C\n", "--delimiter", "|")).sent, [
      { company_name: "A,B", city: "C" },
    ]);
    assert.equal((await load(t, "company_name\n", "--delimiter", "ab")).code, 2);
  });

  test("stdin", async (t) => {
    const { mock, url } = await serve(t, { blacklists: [{ id: "b", name: "ours" }] });
    const { code, stderr } = await run(["blacklists", "import", "-", "--blacklist", "b"], {
      url,
      input: "company_name\nA\n",
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(mock.requests.find(({ method }) => method === "POST").body.entries, [{ company_name: "A" }]);
  });
});
