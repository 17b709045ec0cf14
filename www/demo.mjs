// Run by `cargo xtask demo`, which builds the package first.

import { readFileSync } from "node:fs";
import { createPrinter, jsonPrinter } from "./demo/print.mjs";

const HELP = `\
Usage: cargo xtask demo [--json] [--help]

Starts the mock server on a loopback address, walks through the tables of the
vendor's errors page with a Node client, and lists orders. Says where an outcome
is not what tests/cases/vendor.json expects.

  --json    one JSON object a line, for each row
  --help    this text

Environment:
  OPENPROSPECT_API_KEY   ask the real API instead: one read-only call with this key
  OPENPROSPECT_BASE_URL  where that call goes, https://api.openprospect.io otherwise
  NO_COLOR               no colours

Exit codes: 0 as expected, 1 not as expected, 2 a wrong argument, 130 stopped by Ctrl-C.
`;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 };

async function main(args) {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = args.find((arg) => arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`error: unknown argument ${JSON.stringify(unknown)}\n\n${HELP}`);
    return 2;
  }

  const stop = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) process.once(name, () => stop.abort(code));
  // A reader such as `head` leaves before the end.
  process.stdout.on("error", () => stop.abort(1));

  const print = args.includes("--json") ? jsonPrinter() : createPrinter(process.stdout, process.env);
  try {
    const ran = process.env.OPENPROSPECT_API_KEY ? live(print, stop.signal) : walk(print, stop.signal);
    return (await ran) ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return stop.signal.reason;
  }
}

/** The package, loaded late so that `--help` works before the first build. */
async function load(path) {
  try {
    return await import(`../pkg/${path}`);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    process.stderr.write("error: there is no pkg/; type: cargo xtask build\n");
    process.exit(1);
  }
}

async function walk(print, signal) {
  const library = await load("index.js");
  const { mockOpenProspect, TEST_KEYS } = await load("testing/node.js");
  const { BACKOFF, play, rowsOf } = await import("./demo/rows.mjs");
  const vendor = JSON.parse(readFileSync(new URL("../tests/cases/vendor.json", import.meta.url), "utf8"));

  const mock = mockOpenProspect();
  const served = await mock.serve();
  const client = (apiKey) => new library.OpenProspect({ apiKey, baseUrl: served.url, backoff: BACKOFF });
  try {
    print.title(served.url, BACKOFF);
    const rows = rowsOf(vendor);
    let differing = 0;
    for (const row of rows) {
      const result = await play(row, { library, mock, client: client(TEST_KEYS[row.key ?? "full"]), signal });
      if (result.differences.length > 0) differing += 1;
      print.row(row, result);
    }
    mock.clear();
    const page = await client(TEST_KEYS.full).orders.list({ limit: 5 }, { signal });
    print.orders(page);
    print.summary(rows.length, differing);
    return differing === 0 && page.items.length === 5;
  } finally {
    await served.close();
  }
}

async function live(print, signal) {
  const { OpenProspect, isOpenProspectError } = await load("index.js");
  try {
    const key = await new OpenProspect().auth.validate({ signal });
    print.key(key, new URL(process.env.OPENPROSPECT_BASE_URL || "https://api.openprospect.io").host);
    return key.valid === true;
  } catch (error) {
    if (!isOpenProspectError(error)) throw error;
    print.failure(error);
    return false;
  }
}

process.exitCode = await main(process.argv.slice(2));
