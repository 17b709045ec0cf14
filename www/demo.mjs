// Run by `cargo xtask demo`, which builds the package first.

import { parseArgs } from "node:util";
import { createPrinter, jsonPrinter } from "./demo/print.mjs";

const HELP = `\
Usage: cargo xtask demo [--no-open] [--port N] [--no-page] [--json] [--help]

Starts the mock server on a loopback address, reproduces the tables of the vendor's
errors page with a Node client, and lists orders. Reports each result that differs
from tests/cases/vendor.json. Then writes the page to target/www/, serves it on a
loopback address, prints its URL, and opens a browser, until Ctrl-C or 15 minutes
without a request (one minute if stdout is not a terminal).

  --no-open  do not open a browser
  --port N   the port of the page; default: any free port
  --no-page  exit after the tables
  --json     print one JSON object per line for each row; exit after the tables
  --help     print this text

Environment:
  OPENPROSPECT_API_KEY   instead of the tables, make one read-only call to the real
                         API with this key; the page does not get it
  OPENPROSPECT_BASE_URL  the target of that call; default https://api.openprospect.io
  CARGO_TARGET_DIR       where the page is written; default target/
  NO_COLOR               no colors

Exit codes: 0 all results as expected, 1 differences, 2 invalid argument, 130 stopped by
Ctrl-C before the end of the tables.
`;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 };

/** @param {string[]} args */
function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      json: { type: "boolean" },
      port: { type: "string", default: "0" },
      "no-open": { type: "boolean" },
      "no-page": { type: "boolean" },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port: expected a number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  return { ...values, port };
}

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
async function main(args) {
  let options;
  try {
    options = parse(args);
  } catch (error) {
    process.stderr.write(`error: ${/** @type {Error} */ (error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }

  const stop = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) process.once(name, () => stop.abort(code));
  // A reader such as `head` closes the pipe before the end.
  process.stdout.on("error", () => stop.abort(1));

  const printer = options.json ? jsonPrinter() : createPrinter(process.stdout, process.env);
  const { callApi, walk } = await import("./demo/walk.mjs");
  try {
    const isExpected = await (process.env.OPENPROSPECT_API_KEY ? callApi : walk)(printer, stop.signal);
    if (!isExpected || options.json || options["no-page"]) return isExpected ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return stop.signal.reason;
  }
  const { show } = await import("./demo/show.mjs");
  return show({ port: options.port, open: !options["no-open"] }, stop.signal);
}

process.exitCode = await main(process.argv.slice(2));
