// Run by `cargo xtask demo`, which builds the package first.

import { parseArgs } from "node:util";
import { createPrinter, jsonPrinter } from "./demo/print.mjs";

const HELP = `\
Usage: cargo xtask demo [--no-open] [--port N] [--no-page] [--json] [--help]

Starts the mock server on a loopback address, walks through the tables of the
vendor's errors page with a Node client, and lists orders. Says where an outcome
is not what tests/cases/vendor.json expects. Then makes the page in target/www/,
serves it on a loopback address, prints that, and opens a browser, until Ctrl-C
or 15 minutes without a request (one minute if stdout is no terminal).

  --no-open  open no browser
  --port N   where the page is served, otherwise any port that is free
  --no-page  end after the walk
  --json     one JSON object a line, for each row; ends after the walk
  --help     this text

Environment:
  OPENPROSPECT_API_KEY   ask the real API instead of the walk: one read-only call
                         with this key; the page does not get it
  OPENPROSPECT_BASE_URL  where that call goes, https://api.openprospect.io otherwise
  CARGO_TARGET_DIR       where the page is made, target/ otherwise
  NO_COLOR               no colours

Exit codes: 0 as expected, 1 not as expected, 2 a wrong argument, 130 the walk was
stopped by Ctrl-C.
`;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 };
const OPTIONS = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  port: { type: "string", default: "0" },
  "no-open": { type: "boolean" },
  "no-page": { type: "boolean" },
};

function read(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  return { ...values, port };
}

async function main(args) {
  let given;
  try {
    given = read(args);
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n\n${HELP}`);
    return 2;
  }
  if (given.help) {
    process.stdout.write(HELP);
    return 0;
  }

  const stop = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) process.once(name, () => stop.abort(code));
  // A reader such as `head` leaves before the end.
  process.stdout.on("error", () => stop.abort(1));

  const print = given.json ? jsonPrinter() : createPrinter(process.stdout, process.env);
  const { live, walk } = await import("./demo/walk.mjs");
  try {
    const isGood = await (process.env.OPENPROSPECT_API_KEY ? live : walk)(print, stop.signal);
    if (!isGood || given.json || given["no-page"]) return isGood ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return stop.signal.reason;
  }
  const { show } = await import("./demo/show.mjs");
  return show({ port: given.port, open: !given["no-open"] }, stop.signal);
}

process.exitCode = await main(process.argv.slice(2));
