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

const DEFAULT_SERVER = "https://api.openprospect.io";
/** A nightly job can wait: the documented limits are per hour. */
const PATIENT = { deadlineMs: null, maxRetries: 8 };
const LONGEST_WAIT_MS = 3_700_000;
/** The next run starts this long before the last one began: a company may become visible later than its instant. */
const OVERLAP_MS = 10 * 60_000;
/** The exit code if the server returned fewer companies than its total. */
const INCOMPLETE = 10;

export const syncCommand = {
  noun: "deliveries",
  verb: "sync",
  summary: "Pulls the companies that were delivered since the last time into a file, each once.",
  notes: [
    "Progress is saved in FILE.checkpoint.json, updated only after the companies are on disk. After Ctrl-C, a crash or an error the same command continues, and the file becomes the one of a run without a break. The checkpoint belongs to one base URL and one API key. Companies are appended in the order of the server; one that is delivered again, or has changed, is appended again, and its last row counts.",
    `Each run starts ${OVERLAP_MS / 60_000} minutes before the last one began (--overlap), for companies that become visible late; what is stored already is not stored twice. A list that changes while it is read is read again, a bounded number of times. If fewer companies came than the server's total, the command warns, exits with ${INCOMPLETE}, and the next run reads the same range again.`,
    `CSV has these columns, whatever comes: ${COLUMNS.join(", ")}. Lists and objects are JSON in their cell; "other" is an object of all other fields.`,
  ],
  of: "deliveries.companies",
  ids: ["PROSPECT_SEARCH_ID"],
  isOpen: false,
  specs: [
    { name: "out", kind: "string", value: "FILE", doc: "where the companies go (required)" },
    { name: "format", kind: "string", choices: ["ndjson", "csv"], doc: "default: csv for a FILE.csv, else ndjson" },
    {
      name: "since",
      kind: "string",
      value: "TIME",
      doc: "begin a new file with what was delivered after this instant (ISO 8601)",
    },
    {
      name: "overlap",
      kind: "string",
      value: "TIME",
      doc: "start the next run so long before this one began (default: 10m)",
    },
    {
      name: "skip-bad",
      kind: "string",
      value: "FILE",
      doc: "leave out a company that the server fails to give, and note its offset and error in FILE",
    },
    {
      name: "accept-new-key",
      kind: "boolean",
      doc: "the API key was replaced by another one of the same account: go on with FILE",
    },
    {
      name: "escape-formulas",
      kind: "boolean",
      doc: "CSV: an apostrophe before text that begins with = + - @, which spreadsheets would run; without it the text stays as it is",
    },
  ],
  async run(_, { values, words: [search], output, signal }) {
    const file = values.out;
    if (file === undefined) throw new Usage("Give the file with --out FILE.");
    const format = formatOf(file, values);
    const since = values.since === undefined ? null : new Date(instantOf("since", values.since)).toISOString();
    const overlapMs = values.overlap === undefined ? OVERLAP_MS : milliseconds("overlap", values.overlap);
    if (overlapMs === null) throw new Usage("--overlap takes a time such as 10m, not none.");
    const progress = createProgress("companies");
    const onEvent = ({ type, until, waitMs }) => {
      if (type === "throttled" || type === "outage") progress.wait(until.getTime());
      else if (type === "retry") progress.wait(Date.now() + waitMs);
      else if (type === "attempt" || type === "resumed") progress.resume();
    };
    const { client, key } = await connect(values, output, {
      maxRetryAfterMs: LONGEST_WAIT_MS,
      onEvent,
      wrapFetch: exactFetch,
    });
    const identity = { search, server: serverOf(values), format, key: fingerprintOf(key) };
    const warnings = [];
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
      const bad = createNotes(values["skip-bad"], search, copy.state);
      let outcome;
      try {
        progress.report();
        const options = readOptions(values, output, { ...PATIENT, signal });
        outcome = await pull({
          client,
          search,
          copy,
          format: FORMATS[format],
          options,
          overlapMs,
          skipBad: bad.add?.bind(bad),
          tell: (...told) => progress.tell(...told),
          warn,
        });
        if (bad.count > 0)
          warn(`${bad.count} companies were left out that the server failed to give: see ${values["skip-bad"]}`);
      } catch (error) {
        progress.end();
        const isGone = await copy.abandon();
        // Data that is on the disk need not be requested again; if saving also fails, the previous checkpoint remains.
        if (!isGone) await copy.save().catch(() => {});
        if (!signal.aborted) throw error;
        if (!isGone) output.note(`Stopped at ${copy.state.rows} companies. The same command goes on from there.`);
        throw signal.reason instanceof Interrupted ? signal.reason : error;
      } finally {
        await bad.close();
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
        skipped: bad.count,
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

function serverOf(values) {
  if (values.mock) return "mock";
  const given = values["base-url"] ?? (process.env.OPENPROSPECT_BASE_URL || DEFAULT_SERVER);
  // The client has already rejected an invalid URL.
  const { origin, pathname } = new URL(given);
  // A key in a path must not get into a file.
  return (origin + pathname)
    .replace(/\/+$/, "")
    .replace(new RegExp(KEY, "g"), (found) => `key-${fingerprintOf(found)}`);
}

function formatOf(file, values) {
  const format = values.format ?? (/\.csv$/i.test(file) ? "csv" : "ndjson");
  if (format !== "csv" && format !== "ndjson")
    throw new Usage(`--format is ndjson or csv, not ${JSON.stringify(format)}.`);
  if (values["escape-formulas"] && format !== "csv") throw new Usage("--escape-formulas is for --format csv.");
  return values["escape-formulas"] ? "csv-escaped" : format;
}

/** The file of companies that were left out, with one line of JSON for each. */
function createNotes(path, search, state) {
  if (path === undefined) return { count: 0, close: async () => {} };
  let handle;
  return {
    count: 0,
    async add({ offset, cause }) {
      handle ??= await openRegular(path, APPEND);
      const { delivered_since } = state;
      await handle.writeFile(
        `${JSON.stringify({ search, delivered_since, offset, status: cause.status, code: cause.code, message: cause.message, at: new Date().toISOString() })}\n`,
      );
      await handle.sync();
      this.count += 1;
    },
    close: async () => handle?.close(),
  };
}
