// `deliveries sync`: maintains a file that has every delivered company once.

import { KEY } from "./args.js";
import { fingerprintOf, openCopy } from "./checkpoint.js";
import { connect, readOptions } from "./client.js";
import { exactFetch } from "./exact.js";
import { Interrupted, Usage } from "./failure.js";
import { APPEND, openRegular } from "./files.js";
import { lock } from "./lock.js";
import { createProgress } from "./progress.js";
import { pull } from "./pull.js";
import { COLUMNS, FORMATS } from "./rows.js";
import { instantOf, milliseconds, spoken } from "./time.js";
import { batchOptions, WAIT_UP_TO } from "./wait-up-to.js";

const DEFAULT_SERVER = "https://api.openprospect.io";
/** The next run starts this long before the last one began: a company may become visible later than its instant. */
const OVERLAP_MS = 10 * 60_000;
/** The exit code if the server returned fewer companies than its total. */
const INCOMPLETE = 10;

/** @type {import("./table.js").Command} */
export const syncCommand = {
  noun: "deliveries",
  verb: "sync",
  summary: "Appends the companies that were delivered since the last run to a file, each once.",
  notes: [
    "Progress is saved in FILE.checkpoint.json, updated only after the companies are on disk. After Ctrl-C, a crash " +
      "or an error the same command continues, and the file becomes the same as without the interruption. The " +
      "checkpoint belongs to one base URL and one API key. Companies are appended in the order of the server; one " +
      "that is delivered again, or has changed, is appended again, and its last row counts.",
    `Each run starts ${OVERLAP_MS / 60_000} minutes before the last one began (--overlap), for companies that become ` +
      "visible late; companies that are already stored are not stored twice. A list that changes while it is read is " +
      "read again, a bounded number of times. If the server returned fewer companies than its total, the command " +
      `warns, exits with ${INCOMPLETE}, and the next run reads the same range again.`,
    `CSV always has these columns: ${COLUMNS.join(", ")}. Lists and objects are JSON in their cell; "other" is an ` +
      "object of all other fields.",
  ],
  of: "deliveries.companies",
  ids: ["PROSPECT_SEARCH_ID"],
  isOpen: false,
  specs: [
    { name: "out", kind: "string", value: "FILE", doc: "the file to append to (required)" },
    { name: "format", kind: "string", choices: ["ndjson", "csv"], doc: "default: csv for a FILE.csv, else ndjson" },
    {
      name: "since",
      kind: "string",
      value: "TIME",
      doc: "start a new file with the companies delivered after this instant (ISO 8601)",
    },
    {
      name: "overlap",
      kind: "string",
      value: "TIME",
      doc: "start the next run this long before this one began (default: 10m)",
    },
    WAIT_UP_TO,
    {
      name: "skip-bad",
      kind: "string",
      value: "FILE",
      doc: "skip a company that the server fails to return, and record its offset and error in FILE",
    },
    {
      name: "accept-new-key",
      kind: "boolean",
      doc: "continue FILE with another API key of the same account",
    },
    {
      name: "escape-formulas",
      kind: "boolean",
      doc:
        "CSV: put an apostrophe before text that begins with = + - @, which a spreadsheet would run as a formula; by " +
        "default the text is unchanged",
    },
  ],
  async run(_, { values, args: [search], output, signal }) {
    const file = values.out;
    if (file === undefined) throw new Usage("Pass the file with --out FILE.");
    const format = formatOf(file, values);
    const since = values.since === undefined ? null : new Date(instantOf("since", values.since)).toISOString();
    const overlapMs = values.overlap === undefined ? OVERLAP_MS : milliseconds("overlap", values.overlap);
    if (overlapMs === null) throw new Usage("--overlap: got none; expected a time such as 10m.");
    const progress = createProgress("companies");
    const batch = batchOptions(values);
    const { client, key } = await connect(values, output, {
      ...batch,
      hasProgress: true,
      onEvent: (event) => progress.follow(event),
      wrapFetch: exactFetch,
    });
    const identity = { search, server: serverOf(values), format, key: fingerprintOf(key) };
    /** @type {string[]} */
    const warnings = [];
    /** @param {string} text */
    const warn = (text) => {
      warnings.push(text);
      output.note(`warning: ${text}`);
    };
    const held = await lock(`${file}.lock`, signal).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
    try {
      const copy = await openCopy(file, identity, since, {
        acceptsNewKey: values["accept-new-key"] === true,
        check: held.check,
      });
      const { rows } = copy.state;
      const skipped = createSkipped(values["skip-bad"], search, copy.state);
      let outcome;
      try {
        progress.report();
        const options = readOptions(values, output, { ...batch, signal });
        outcome = await pull({
          client,
          search,
          copy,
          format: FORMATS[format],
          options,
          overlapMs,
          skipBad: skipped.add?.bind(skipped),
          onProgress: (done, total) => progress.update(done, total),
          warn,
        });
        if (skipped.count > 0)
          warn(`${skipped.count} companies that the server failed to return were skipped: see ${values["skip-bad"]}`);
      } catch (error) {
        progress.end();
        const isRemoved = await copy.abandon();
        // Data that is on the disk need not be requested again; if saving also fails, the previous checkpoint remains.
        if (!isRemoved) await copy.save().catch(() => {});
        if (!signal.aborted) throw error;
        if (!isRemoved) output.note(`Stopped at ${copy.state.rows} companies. The same command continues from there.`);
        throw signal.reason instanceof Interrupted ? signal.reason : error;
      } finally {
        await skipped.close();
        await copy.close();
      }
      const took = progress.end();
      const summary = {
        file,
        new: copy.state.rows - rows,
        companies: copy.state.rows,
        bytes: copy.state.bytes,
        delivered_since: copy.state.delivered_since,
        missing: outcome.missing,
        skipped: skipped.count,
        ...(warnings.length > 0 && { warnings }),
      };
      if (output.json) await output.value(summary);
      else await output.line(`${summary.new} new companies in ${spoken(took)}; ${file} has ${summary.companies}.`);
      return outcome.missing > 0 ? INCOMPLETE : 0;
    } finally {
      await held.release();
    }
  },
};

/** @param {import("./args.js").Values} values */
function serverOf(values) {
  if (values.mock) return "mock";
  const baseUrl = values["base-url"] ?? (process.env.OPENPROSPECT_BASE_URL || DEFAULT_SERVER);
  // The client has already rejected an invalid URL.
  const { origin, pathname } = new URL(baseUrl);
  // A key in a path must not get into a file.
  return (origin + pathname)
    .replace(/\/+$/, "")
    .replace(new RegExp(KEY, "g"), (found) => `key-${fingerprintOf(found)}`);
}

/**
 * @param {string} file
 * @param {import("./args.js").Values} values
 * @returns {string}
 */
function formatOf(file, values) {
  const format = values.format ?? (/\.csv$/i.test(file) ? "csv" : "ndjson");
  if (format !== "csv" && format !== "ndjson")
    throw new Usage(`--format: got ${JSON.stringify(format)}; expected ndjson or csv.`);
  if (values["escape-formulas"] && format !== "csv") throw new Usage("--escape-formulas requires --format csv.");
  return values["escape-formulas"] ? "csv-escaped" : format;
}

/**
 * The file of companies that were skipped, with one line of JSON for each.
 *
 * @param {string | undefined} path
 * @param {string} search
 * @param {import("./checkpoint.js").Checkpoint} state
 * @returns {{ count: number, add?: import("./pull.js").SkipBad, close(): Promise<void> }}
 */
function createSkipped(path, search, state) {
  if (path === undefined) return { count: 0, close: async () => {} };
  /** @type {import("node:fs/promises").FileHandle | undefined} */
  let handle;
  return {
    count: 0,
    async add({ offset, cause }) {
      handle ??= await openRegular(path, APPEND);
      const { delivered_since } = state;
      const { status, code, message } = cause;
      const at = new Date().toISOString();
      await handle.writeFile(`${JSON.stringify({ search, delivered_since, offset, status, code, message, at })}\n`);
      await handle.sync();
      this.count += 1;
    },
    close: async () => handle?.close(),
  };
}
