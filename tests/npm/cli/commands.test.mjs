// The command: its help, its requests and its output.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { OPERATIONS as ROWS, serve } from "../helpers/setup.mjs";
import { run, start, terminal } from "./command.mjs";

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const NOUNS = { searchProfiles: "profiles", prospectSearches: "searches" };
const nounOf = (namespace) => ({ auth: "validate", health: "health", ...NOUNS })[namespace] ?? namespace;
const hasNoVerb = (namespace) => namespace === "auth" || namespace === "health";

describe("help", () => {
  test("each level lists its commands", async () => {
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
    const checks = ROWS.map(async ({ namespace, name, method, path, scopes }) => {
      const { code, stdout } = await run([nounOf(namespace), ...(hasNoVerb(namespace) ? [] : [kebab(name)]), "-h"], {
        key: "",
      });
      const text = stdout.replace(/\s+/g, " ");
      assert.equal(code, 0, name);
      assert.ok(text.includes(`${method} ${path}`), text);
      if (scopes.length > 0) assert.ok(text.includes(`scopes ${scopes.join(", ")}`), text);
      for (const [, id] of path.matchAll(/\{(\w+)\}/g)) assert.ok(text.includes(` ${id.toUpperCase()} `), text);
      assert.match(stdout.split("\n")[2], /^[A-Z].*[a-z]/, `${namespace}.${name}`);
    });
    await Promise.all(checks);
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

  test("without arguments it prints the usage: 2", async () => {
    const { code, stdout, stderr } = await run([], { key: "" });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Usage: openprospect COMMAND/);
    assert.match((await run(["--version"], { key: "" })).stdout, /^\d+\.\d+\.\d+/);
  });
});

describe("requests", () => {
  test("ids, query, body and list are sent as the operation defines them", async (t) => {
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

  test("retries and timeouts are those of the command line", async (t) => {
    const { mock, url } = await serve(t);
    mock.fail({ status: 500, times: 2 });
    const { code, stderr } = await run(["orders", "list", "--retries", "0", "-v"], { url });
    assert.deepEqual([code, mock.requests.length], [7, 1]);
    assert.match(stderr, /GET \/api\/v1\/orders: attempt 1, 500 after /);
    mock.clear();
    mock.fail({ stall: "headers", times: 9 });
    for (const { name, more } of [
      { name: "timeout", more: ["--retries", "0"] },
      { name: "deadline", more: [] },
    ]) {
      const { code, stderr } = await run(["orders", "list", `--${name}`, "50ms", ...more], { url });
      assert.deepEqual([code, stderr.includes(`${name}Ms`)], [8, true], stderr);
    }
  });
});

describe("output", () => {
  test("a page, all pages and a single item as JSON", async (t) => {
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
    const piped = await run(["orders", "list"], { url });
    assert.ok(piped.stdout.includes("長い名前 ".repeat(30).trim()), "in a pipe nothing is truncated");
  });

  test("colors are for terminals, unless an option or the environment overrides it", async (t) => {
    const { url } = await serve(t);
    /**
     * @param {string[]} args
     * @param {import("./command.mjs").RunOptions} options
     */
    const isColored = async (args, options) =>
      (await run(["orders", "list", ...args], { url, ...options })).stdout.includes("\u001b[");
    assert.equal(await isColored([], {}), false);
    assert.equal(await isColored([], { flags: terminal(80) }), true);
    assert.equal(await isColored([], { flags: terminal(80), env: { NO_COLOR: "1" } }), false);
    assert.equal(await isColored(["--no-color"], { flags: terminal(80) }), false);
    assert.equal(await isColored(["--color"], {}), true);
    /** @type {[env: Record<string, string>, where: "pipe" | "terminal", expected: boolean][]} */
    const CASES = [
      [{ FORCE_COLOR: "1" }, "pipe", true],
      [{ FORCE_COLOR: "3", NO_COLOR: "1", TERM: "dumb" }, "pipe", true],
      [{ FORCE_COLOR: "0", CLICOLOR_FORCE: "1" }, "terminal", false],
      [{ FORCE_COLOR: "false" }, "terminal", false],
      [{ CLICOLOR_FORCE: "1" }, "pipe", true],
      [{ CLICOLOR_FORCE: "0" }, "pipe", false],
      [{ CLICOLOR_FORCE: "1", NO_COLOR: "1" }, "terminal", false],
      [{ TERM: "dumb" }, "terminal", false],
    ];
    for (const [env, where, expected] of CASES) {
      assert.equal(
        await isColored([], { env, flags: where === "terminal" ? terminal(80) : [] }),
        expected,
        JSON.stringify(env),
      );
      assert.equal(await isColored(["--no-color"], { env }), false);
    }
  });

  test("text of the server does not control the terminal", async (t) => {
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

  test("a reader that closes the pipe ends the command without a message", async (t) => {
    const { url } = await serve(t, { orders: 20_000 });
    const { child, done, texts } = start(["orders", "all"], { url });
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await done;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(texts.stdout.length < 1_000_000);
  });

  test("an empty list prints a message", async (t) => {
    const { url } = await serve(t, { orders: 0 });
    const { code, stdout, stderr } = await run(["orders", "list"], { url });
    assert.deepEqual([code, stdout, stderr], [0, "", "none\n"]);
  });
});

describe("the mock", () => {
  test("needs no key, prints no notice and is reproducible", async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => run(["orders", "all", "--mock", "--json"], { key: "" })),
    );
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.equal(first.stdout.trimEnd().split("\n").length, 25);
    assert.equal(second.stdout, first.stdout);
  });
});

describe("wait", () => {
  test("prints each state with the time spent in the previous one", async (t) => {
    const { mock, url } = await serve(t, {
      orders: [{ id: "o", status: "RECEIVED" }],
      durations: { RECEIVED: Infinity },
    });
    const { texts, child, done } = start(["orders", "wait", "o", "--poll", "20ms"], { url });
    const states = ["ACCEPTED", "IN_PROGRESS", "COMPLETED"];
    child.stdout.on("data", () => {
      const printed = texts.stdout.trimEnd().split("\n").length;
      if (states[printed - 1] && texts.stdout.endsWith("\n")) mock.setStatus("orders", "o", states[printed - 1]);
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

  test("with --json the result is the order; an order that did not succeed is 9", async (t) => {
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

  for (const { signal, expected } of /** @type {const} */ ([
    { signal: "SIGINT", expected: 130 },
    { signal: "SIGTERM", expected: 143 },
  ])) {
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
  for (const [, code, meaning] of stdout.matchAll(/^ {2}(\d+) +(\S.*(?:\n {28}.*)*)/gm))
    assert.ok(readme.includes(`| ${code} | ${meaning.replace(/\s+/g, " ")} |\n`), meaning);
});
