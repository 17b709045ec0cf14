// The command: what it is called, what it takes, what it prints and how it ends.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listen, OPERATIONS as ROWS, refusingUrl, serve, TEST_KEYS } from "../helpers/setup.mjs";
import { folder, run, start, terminal } from "./command.mjs";

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const NOUNS = { searchProfiles: "profiles", prospectSearches: "searches" };
const nounOf = (namespace) => ({ auth: "validate", health: "health", ...NOUNS })[namespace] ?? namespace;
const isAlone = (namespace) => namespace === "auth" || namespace === "health";

describe("help", () => {
  test("each level lists what is below it", async () => {
    const top = await run(["--help"], { key: "" });
    assert.deepEqual([top.code, top.stderr], [0, ""]);
    for (const noun of new Set(ROWS.map(({ namespace }) => nounOf(namespace))))
      assert.match(top.stdout, new RegExp(`^  ${noun} `, "m"));
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130])
      assert.match(top.stdout, new RegExp(`^  ${code} +\\S`, "m"));
    const nouns = await Promise.all(
      ["orders", "blacklists", "deliveries", "searches"].map(async (noun) => [
        noun,
        (await run([noun, "--help"], { key: "" })).stdout,
      ]),
    );
    for (const [noun, text] of nouns) {
      const own = ROWS.filter(({ namespace }) => nounOf(namespace) === noun);
      for (const verb of own.flatMap((row) => [row.name, row.composed?.name]).filter(Boolean))
        assert.match(text, new RegExp(`^  ${kebab(verb)}( [A-Z_.]+)*\\s+\\S`, "m"));
    }
    assert.match(nouns[1][1], /^ {2}import FILE\.csv/m);
    assert.match(nouns[2][1], /^ {2}sync PROSPECT_SEARCH_ID/m);
  });

  test("every operation has a command with its request, its scopes and a description", async () => {
    const asked = ROWS.map(async ({ namespace, name, method, path, scopes }) => {
      const { code, stdout } = await run([nounOf(namespace), ...(isAlone(namespace) ? [] : [kebab(name)]), "-h"], {
        key: "",
      });
      const text = stdout.replace(/\s+/g, " ");
      assert.equal(code, 0, name);
      assert.ok(text.includes(`${method} ${path}`), text);
      if (scopes.length > 0) assert.ok(text.includes(`scopes ${scopes.join(", ")}`), text);
      for (const [, id] of path.matchAll(/\{(\w+)\}/g)) assert.ok(text.includes(` ${id.toUpperCase()} `), text);
      assert.match(stdout.split("\n")[2], /^[A-Z].*[a-z]/, `${namespace}.${name}`);
    });
    await Promise.all(asked);
  });

  test("options come from the types", async () => {
    const { stdout } = await run(["help", "companies", "list"], { key: "" });
    for (const name of [
      "all",
      "limit N",
      "offset N",
      "prospect-search-id TEXT",
      "min-match-score N",
      "review-status WORD",
      "review-status-list WORD",
      "search TEXT",
    ]) {
      assert.match(stdout, new RegExp(`^  --${name}(\\s|$)`, "m"));
    }
    const edit = await run(["searches", "edit", "--help"], { key: "" });
    assert.match(edit.stdout, /--ideal-customer-profile TEXT/);
    assert.doesNotMatch(edit.stdout, /--version N/);
  });

  test("nothing but the name is a wrong use", async () => {
    const { code, stdout, stderr } = await run([], { key: "" });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Usage: openprospect COMMAND/);
    assert.match((await run(["--version"], { key: "" })).stdout, /^\d+\.\d+\.\d+/);
  });
});

describe("requests", () => {
  test("ids, query, body and list go where the operation has them", async (t) => {
    const { mock, url } = await serve(t, { companies: 4 });
    const [search] = (await run(["searches", "all", "--json"], { url })).stdout.split("\n");
    const { id } = JSON.parse(search);
    const { stdout: made } = await run(["blacklists", "create", "--name", "mine", "--json"], { url });
    const blacklist = JSON.parse(made).id;
    mock.clear();
    const lines = [
      [
        "companies",
        "list",
        "--prospect_search_id",
        id,
        "--min-match-score=0",
        "--limit",
        "2",
        "--review-status-list",
        "accepted",
        "--review-status-list",
        "pending",
      ],
      ["blacklists", "add-entries", blacklist, "--data", "-"],
      ["searches", "set-blacklists", id, blacklist],
      ["searches", "edit", id, "--name", "new name"],
      ["prospects", "list", "--any_thing", "x y"],
      ["orders", "create", "--data", '{"profile_id":"p"}', "--briefing-quantity", "3"],
      [
        "request",
        "put",
        `/api/v1/prospect-searches/${id}/blacklists`,
        "--data",
        '{"blacklist_ids":[]}',
        "--query",
        "a=1",
        "--query",
        "a=2",
        "--header",
        "x-own: yes",
      ],
      ["deliveries", "companies", id, "--delivered-since", "2026-01-01T00:00:00Z"],
      ["profiles", "create", "--profile-name", "n", "--target-countries", "DE", "--target-countries", "AT"],
      ["blacklists", "delete", blacklist],
    ];
    for (const line of lines)
      assert.equal((await run(line, { url, input: '[{"external_id":"1"}]' })).code, 0, line.join(" "));
    const sent = mock.requests.map(({ method, path, query, body }) => [method, path, { ...query }, body]);
    assert.deepEqual(sent, [
      [
        "GET",
        "/api/v1/companies",
        { prospect_search_id: id, min_match_score: "0", limit: "2", review_status_list: ["accepted", "pending"] },
        undefined,
      ],
      ["POST", `/api/v1/blacklists/${blacklist}/entries`, {}, { entries: [{ external_id: "1" }] }],
      ["PUT", `/api/v1/prospect-searches/${id}/blacklists`, {}, { blacklist_ids: [blacklist] }],
      ["GET", `/api/v1/prospect-searches/${id}`, {}, undefined],
      ["PATCH", `/api/v1/prospect-searches/${id}`, {}, { name: "new name", version: 1 }],
      ["GET", "/api/v1/prospects", { any_thing: "x y" }, undefined],
      ["POST", "/api/v1/orders", {}, { profile_id: "p", briefing_quantity: 3 }],
      ["PUT", `/api/v1/prospect-searches/${id}/blacklists`, { a: ["1", "2"] }, { blacklist_ids: [] }],
      ["GET", `/api/v1/deliveries/${id}/companies`, { delivered_since: "2026-01-01T00:00:00Z" }, undefined],
      ["POST", "/api/v1/search-profile-creations", {}, { profile_name: "n", target_countries: ["DE", "AT"] }],
      ["DELETE", `/api/v1/blacklists/${blacklist}`, {}, undefined],
    ]);
    assert.equal(mock.requests[7].headers["x-own"], "yes");
  });

  test("retries and times are those of the command line", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ status: 500, times: 2 });
    const { code, stderr } = await run(["orders", "list", "--retries", "0", "-v"], { url });
    assert.deepEqual([code, mock.requests.length], [7, 1]);
    assert.match(stderr, /GET \/api\/v1\/orders: attempt 1, 500 after /);
    mock.clear();
    mock.fail({ stall: "headers", times: 9 });
    for (const [name, more] of [
      ["timeout", ["--retries", "0"]],
      ["deadline", []],
    ]) {
      const { code, stderr } = await run(["orders", "list", `--${name}`, "50ms", ...more], { url });
      assert.deepEqual([code, stderr.includes(`${name}Ms`)], [8, true], stderr);
    }
  });
});

describe("output", () => {
  test("a page, every page, one thing: as JSON", async (t) => {
    const { url } = await serve(t, { orders: 120 });
    const page = JSON.parse((await run(["orders", "list", "--limit", "3", "--json"], { url })).stdout);
    assert.deepEqual([page.items.length, page.total], [3, 120]);
    for (const line of [
      ["orders", "all"],
      ["orders", "list", "--all"],
    ]) {
      const items = (await run([...line, "--json"], { url })).stdout
        .trimEnd()
        .split("\n")
        .map((text) => JSON.parse(text));
      assert.equal(new Set(items.map(({ id }) => id)).size, 120);
    }
    const one = JSON.parse((await run(["orders", "get", page.items[1].id, "--json"], { url })).stdout);
    assert.equal(one.id, page.items[1].id);
  });

  test("tables fit the terminal and keep the ids whole", async (t) => {
    const { url } = await serve(t, {
      orders: [
        { id: "order-1", status: "COMPLETED", title: "長い名前 ".repeat(30), note: "n".repeat(90), more: { a: 1 } },
        { id: "order-2", status: "FAILED" },
      ],
    });
    for (const columns of [24, 60, 100]) {
      const { stdout, stderr } = await run(["orders", "list", "--no-color"], { url, flags: terminal(columns) });
      const lines = stdout.trimEnd().split("\n");
      assert.equal(lines.length, 3);
      const width = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
      for (const line of lines) assert.ok(width(line) <= columns, `${columns}: ${line}`);
      assert.match(lines[1], /^order-1 /);
      assert.match(stderr, /not shown: .*more.*; --json shows all/);
    }
    const free = await run(["orders", "list"], { url });
    assert.ok(free.stdout.includes("長い名前 ".repeat(30).trim()), "in a pipe nothing is cut");
  });

  test("colours are for terminals, unless somebody says otherwise", async (t) => {
    const { url } = await serve(t);
    const coloured = async (args, how) =>
      (await run(["orders", "list", ...args], { url, ...how })).stdout.includes("\u001b[");
    assert.equal(await coloured([], {}), false);
    assert.equal(await coloured([], { flags: terminal(80) }), true);
    assert.equal(await coloured([], { flags: terminal(80), env: { NO_COLOR: "1" } }), false);
    assert.equal(await coloured(["--no-color"], { flags: terminal(80) }), false);
    assert.equal(await coloured(["--color"], {}), true);
    for (const [env, where, expected] of [
      [{ FORCE_COLOR: "1" }, "pipe", true],
      [{ FORCE_COLOR: "3", NO_COLOR: "1", TERM: "dumb" }, "pipe", true],
      [{ FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, "terminal", false],
      [{ FORCE_COLOR: "false" }, "terminal", false],
      [{ CLICOLOR_FORCE: "1" }, "pipe", true],
      [{ CLICOLOR_FORCE: "0" }, "pipe", false],
      [{ CLICOLOR_FORCE: "1", NO_COLOR: "1" }, "terminal", false],
      [{ TERM: "dumb" }, "terminal", false],
    ]) {
      assert.equal(
        await coloured([], { env, flags: where === "terminal" ? terminal(80) : [] }),
        expected,
        JSON.stringify(env),
      );
      assert.equal(await coloured(["--no-color"], { env }), false);
    }
  });

  test("what a server sends does not steer the terminal", async (t) => {
    const title = "\u001b]0;owned\u0007\u009b31m\u202Ex\nnext";
    const { url, mock } = await serve(t, { orders: [{ id: "o", title }] });
    mock.fail({ status: 400, message: title, match: { path: "/api/v1/orders/o" } });
    const texts = [
      (await run(["orders", "list"], { url })).stdout,
      (await run(["orders", "get", "o"], { url })).stderr,
      (await run(["orders", "get", "o"], { url })).stdout,
    ];
    for (const text of texts) assert.doesNotMatch(text, /[\u001b\u0007\u009b\u202e]/);
    assert.match(texts[0], /\\u001b\]0;owned\\u0007\\u009b31m\\u202ex\\nnext/i);
  });

  test("a reader who has enough ends it without a word", async (t) => {
    const { url } = await serve(t, { orders: 20_000 });
    const { child, done, texts } = start(["orders", "all"], { url });
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await done;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(texts.stdout.length < 1_000_000);
  });

  test("a list is told from none", async (t) => {
    const { url } = await serve(t, { orders: 0 });
    const { code, stdout, stderr } = await run(["orders", "list"], { url });
    assert.deepEqual([code, stdout, stderr], [0, "", "none\n"]);
  });
});

describe("errors", () => {
  const order = ["orders", "get", "o"];
  const CASES = [
    ["a refused key", 3, {}, { key: TEST_KEYS.expired }, /code +UNAUTHORIZED/],
    ["a missing scope", 3, {}, { key: TEST_KEYS.none }, /scopes +missing: orders:read/],
    [
      "not found",
      4,
      {},
      {},
      /code +ORDER_NOT_FOUND\n +what to do +List the visible orders with GET \/api\/v1\/orders\.\n +request id +req_000001/,
    ],
    ["a bad request", 5, { status: 400 }, {}, /400/],
    ["a conflict", 5, { status: 409 }, {}, /409/],
    [
      "a failed validation",
      5,
      { status: 422, details: { validation_errors: [{ field: "a.b", error: "is bad" }] } },
      {},
      /field +a\.b: is bad/,
    ],
    ["another status", 5, { status: 418 }, {}, /418/],
    ["too many requests", 6, { status: 429, retryAfter: "3600" }, {}, /try again +2\d{3}-/],
    ["a broken server", 7, { status: 501 }, {}, /501/],
    ["no JSON", 7, { status: 200, shape: "html" }, {}, /code +DECODE/],
    ["a reset", 8, { reset: "headers", times: 9 }, {}, /cause +\S/],
  ];
  for (const [what, expected, fault, how, words] of CASES) {
    test(`${what}: ${expected}`, async (t) => {
      const { mock, url } = await serve(t);
      if (Object.keys(fault).length > 0) mock.fail(fault);
      const { code, stdout, stderr } = await run([...order, "--retries", "0"], { url, ...how });
      assert.deepEqual([code, stdout], [expected, ""]);
      assert.match(stderr, /^error: /);
      assert.match(stderr, words);
      mock.clear();
      if (Object.keys(fault).length > 0) mock.fail(fault);
      const json = await run([...order, "--retries", "0", "--json"], { url, ...how });
      const { exit, message, code: word } = JSON.parse(json.stderr);
      assert.deepEqual([json.code, exit], [expected, expected]);
      assert.ok(message.length > 0 && word.length > 0);
    });
  }

  test("nobody listens: 8", async () => {
    const { code, stderr } = await run([...order, "--retries", "0"], { url: await refusingUrl() });
    assert.equal(code, 8);
    assert.match(stderr, /cause +ECONNREFUSED/);
  });

  test("an unclear outcome is told", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ reset: "headers" });
    const { code, stderr } = await run(["orders", "create", "--briefing-quantity", "1"], { url });
    assert.equal(code, 8);
    assert.match(stderr, /careful +it may have been done/);
  });
});

describe("a command line that is wrong: 2", () => {
  const CASES = [
    [["order", "list"], /no command "order"\. Did you mean orders\?/],
    [["orders", "lits"], /no command "orders lits"\. Did you mean list\?/],
    [["orders"], /openprospect orders needs one of: create, list, all, get, wait, results/],
    [["orders", "list", "--limt", "3"], /no option --limt here\. Did you mean --limit\?/],
    [["orders", "list", "--limit", "x"], /--limit takes a number, not "x"/],
    [["orders", "list", "--limit"], /--limit needs a value/],
    [["orders", "list", "--limit", "1", "--limit", "2"], /--limit is given twice/],
    [["orders", "list", "--json=maybe"], /--json takes no value/],
    [["orders", "get"], /ORDER_ID is missing: openprospect orders get ORDER_ID/],
    [["orders", "get", ""], /order_id: got an empty string/],
    [["orders", "get", "a", "b"], /"b" is too much/],
    [["orders", "list", "--timeout", "soon"], /--timeout takes a time such as/],
    [["orders", "list", "--retries", "-1"], /maxRetries/],
    [["orders", "create"], /nothing to send/],
    [["orders", "create", "--data", "{"], /The data is no JSON/],
    [["orders", "create", "--data", "[]"], /must be a JSON object/],
    [["orders", "create", "--data", "@nowhere.json"], /cannot be read/],
    [["searches", "set-blacklists", "s"], /Give BLACKLIST_ID/],
    [["request", "GET"], /PATH is missing/],
    [["request", "GET", "api"], /does not begin with a slash/],
    [["request", "GET", "/a", "--query", "x"], /--query takes NAME=VALUE/],
    [["request", "GET", "/a", "--header", "authorization: x"], /authorization header/],
    [["orders", "list", "--base-url", "http://example.com"], /baseUrl/],
    [["orders", "list", "--key-file", "nowhere.key"], /key file cannot be read/],
  ];
  for (const [args, words] of CASES) {
    test(args.join(" "), async (t) => {
      const requests = [];
      const url = await listen(t, (request, response) => {
        requests.push(request.url);
        response.end("{}");
      });
      const { code, stdout, stderr } = await run(args, { url });
      assert.deepEqual([code, stdout, requests], [2, "", []]);
      assert.match(stderr, words);
    });
  }
});

describe("the key", () => {
  test("none: it says where to put it", async () => {
    const { code, stderr } = await run(["orders", "list"], { key: "" });
    assert.equal(code, 2);
    assert.match(stderr, /set OPENPROSPECT_API_KEY, or write the key into a file and give --key-file FILE/);
  });

  test("of a file", async (t) => {
    const { mock, url } = await serve(t);
    const cwd = await folder(t);
    await writeFile(join(cwd, "key"), `${TEST_KEYS.read}\r\n`);
    await writeFile(join(cwd, "none"), "\n");
    assert.equal((await run(["validate", "--key-file", "key"], { url, cwd, key: TEST_KEYS.expired })).code, 0);
    assert.equal(mock.requests[0].headers.authorization, `Bearer ${TEST_KEYS.read}`);
    assert.equal((await run(["validate", "--key-file", "none"], { url, cwd })).code, 2);
    // Taken for data, it is not repeated.
    const { code, stderr } = await run(["orders", "create", "--data", "@key"], { url, cwd });
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, /lnc_/);
  });

  for (const args of [
    ["--api-key", "sesame"],
    ["--key=sesame"],
    ["--api_key", "sesame"],
    ["--token", "sesame"],
    ["orders", "get", "lnc_live_sesame"],
    ["orders", "create", "--data", '{"a":"lnc_test_sesame"}'],
  ]) {
    test(`is refused as ${args.at(-1).includes("lnc") ? "a word" : args[0].split("=")[0]}`, async () => {
      const { code, stdout, stderr } = await run(args[0] === "orders" ? args : ["orders", "list", ...args]);
      assert.equal(code, 2);
      assert.match(stderr, /shell's history/);
      assert.doesNotMatch(stdout + stderr, /sesame/);
    });
  }

  test("is nowhere in what is told, whatever a server says", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ status: 401, echoKey: true, times: 9 });
    for (const more of [[], ["--json"], ["--verbose"]]) {
      const { stdout, stderr } = await run(["orders", "list", ...more], { url });
      assert.ok(!(stdout + stderr).includes(TEST_KEYS.full));
    }
  });
});

describe("the mock", () => {
  test("needs no key, says nothing of itself and is the same each time", async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => run(["orders", "all", "--mock", "--json"], { key: "" })),
    );
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.equal(first.stdout.trimEnd().split("\n").length, 25);
    assert.equal(second.stdout, first.stdout);
  });
});

describe("wait", () => {
  test("shows the states as they come, with the time in each", async (t) => {
    const { mock, url } = await serve(t, {
      orders: [{ id: "o", status: "RECEIVED" }],
      durations: { RECEIVED: Infinity },
    });
    const { texts, child, done } = start(["orders", "wait", "o", "--poll", "20ms"], { url });
    const states = ["ACCEPTED", "IN_PROGRESS", "COMPLETED"];
    child.stdout.on("data", () => {
      const told = texts.stdout.trimEnd().split("\n").length;
      if (states[told - 1] && texts.stdout.endsWith("\n")) mock.setStatus("orders", "o", states[told - 1]);
    });
    const { code, stdout } = await done;
    assert.equal(code, 0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, "").replace(/\d+ m?s$/, "N"));
    assert.deepEqual(lines, [
      "RECEIVED",
      "ACCEPTED      RECEIVED took N",
      "IN_PROGRESS   ACCEPTED took N",
      "COMPLETED     IN_PROGRESS took N",
    ]);
  });

  test("with --json the result is the order, and an end that is none is 9", async (t) => {
    const { url } = await serve(t, {
      orders: [
        { id: "good", status: "COMPLETED" },
        { id: "bad", status: "REJECTED", message: "too wide" },
      ],
    });
    const good = await run(["orders", "wait", "good", "--json"], { url });
    assert.equal(JSON.parse(good.stdout).id, "good");
    assert.match(good.stderr, /COMPLETED/);
    const bad = await run(["orders", "wait", "bad"], { url });
    assert.equal(bad.code, 9);
    assert.match(bad.stderr, /REJECTED: too wide/);
  });

  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]) {
    test(`${signal} ends it: ${expected}`, async (t) => {
      const { url } = await serve(t, { orders: [{ id: "o", status: "RECEIVED" }], durations: { RECEIVED: Infinity } });
      const { child, done } = start(["orders", "wait", "o", "--poll", "60s"], { url });
      child.stdout.once("data", () => child.kill(signal));
      const { code, stderr } = await done;
      assert.deepEqual([code, stderr], [expected, ""]);
    });
  }
});

test("the README has the exit codes that --help has", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const { stdout } = await run(["--help"], { key: "", flags: terminal(1000) });
  for (const [, code, what] of stdout.matchAll(/^ {2}(\d+) +(\S.*(?:\n {28}.*)*)/gm))
    assert.ok(readme.includes(`| ${code} | ${what.replace(/\s+/g, " ")} |\n`), what);
});
