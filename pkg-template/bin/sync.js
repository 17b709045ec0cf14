// `deliveries sync`: a file that has every delivered company once.

import { openCopy } from "./checkpoint.js";
import { callOptions, createClient } from "./client.js";
import { Interrupted, Usage } from "./failure.js";
import { lock } from "./lock.js";
import { createProgress } from "./progress.js";
import { pull } from "./pull.js";
import { COLUMNS, FORMATS } from "./rows.js";
import { clock, spoken } from "./time.js";

const DEFAULT_SERVER = "https://api.openprospect.io";
/** A job of the night may wait: the documented limits are of an hour. */
const PATIENT = { deadlineMs: null, maxRetries: 8 };
const LONGEST_WAIT_MS = 3_700_000;

export const syncCommand = {
  noun: "deliveries",
  verb: "sync",
  summary: "Pulls the companies that were delivered since the last time into a file, each once.",
  notes: [
    "How far it is stands in FILE.checkpoint.json, which moves only when the companies are on the disk. After Ctrl-C, a crash or an error the same command goes on, and the file becomes the one of a run without a break. Companies are appended in the order of the server; one that is delivered again in a later run is appended again, and its last row counts.",
    `CSV has these columns, whatever comes: ${COLUMNS.join(", ")}. Lists and objects are JSON in their cell; "other" is an object of all other fields.`,
  ],
  of: "deliveries.companies",
  ids: ["PROSPECT_SEARCH_ID"],
  isOpen: false,
  specs: [
    { name: "out", kind: "string", value: "FILE", doc: "where the companies go (required)" },
    { name: "format", kind: "string", choices: ["ndjson", "csv"], doc: "default: csv for a FILE.csv, else ndjson" },
    { name: "since", kind: "string", value: "TIME", doc: "begin a new file with what was delivered after this instant (ISO 8601)" },
    { name: "escape-formulas", kind: "boolean", doc: "CSV: an apostrophe before text that begins with = + - @, which spreadsheets would run; without it the text stays as it is" },
  ],
  async run(_, { values, words: [search], output, signal }) {
    const file = values.out;
    if (file === undefined) throw new Usage("Give the file with --out FILE.");
    const identity = { search, server: serverOf(values), format: formatOf(file, values) };
    const progress = createProgress("companies");
    const onEvent = ({ type, until }) => {
      if (type === "throttled" || type === "outage") progress.say(`waiting for the server until ${clock(until)}`);
    };
    const client = await createClient(values, output, { maxRetryAfterMs: LONGEST_WAIT_MS, onEvent });
    const unlock = await lock(`${file}.lock`);
    try {
      const copy = await openCopy(file, identity, sinceOf(values.since));
      const { rows } = copy.state;
      try {
        await pull({ client, search, copy, format: FORMATS[identity.format], options: callOptions(values, { ...PATIENT, signal }), tell: (...told) => progress.tell(...told) });
      } catch (error) {
        progress.end();
        const isGone = await copy.abandon();
        // What is on the disk already need not come again; if that fails too, the checkpoint of before holds.
        if (!isGone) await copy.save().catch(() => {});
        if (!signal.aborted) throw error;
        if (!isGone) output.note(`Stopped at ${copy.state.rows} companies. The same command goes on from there.`);
        throw signal.reason instanceof Interrupted ? signal.reason : error;
      } finally {
        await copy.close();
      }
      const took = progress.end();
      const summary = { file, new: copy.state.rows - rows, companies: copy.state.rows, bytes: copy.state.bytes, delivered_since: copy.state.delivered_since };
      if (output.json) await output.value(summary);
      else await output.line(`${summary.new} new companies in ${spoken(took)}; ${file} has ${summary.companies}.`);
    } finally {
      await unlock();
    }
  },
};

function serverOf(values) {
  if (values.mock) return "mock";
  const given = values["base-url"] ?? (process.env.OPENPROSPECT_BASE_URL || DEFAULT_SERVER);
  // What is no address the client refuses, in its own words.
  return URL.canParse(given) ? new URL(given).origin : given;
}

function formatOf(file, values) {
  const format = values.format ?? (/\.csv$/i.test(file) ? "csv" : "ndjson");
  if (format !== "csv" && format !== "ndjson") throw new Usage(`--format is ndjson or csv, not ${JSON.stringify(format)}.`);
  if (values["escape-formulas"] && format !== "csv") throw new Usage("--escape-formulas is for --format csv.");
  return values["escape-formulas"] ? "csv-escaped" : format;
}

function sinceOf(text) {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Usage(`--since takes an instant such as 2026-01-31T08:00:00Z, not ${JSON.stringify(text)}.`);
  return new Date(time).toISOString();
}
