// `blacklists import`: the rows of a CSV file as entries of a blacklist.

import { createHash } from "node:crypto";
import { callOptions, createClient } from "./client.js";
import { csvRows } from "./csv.js";
import { DigestSet } from "./digest-set.js";
import { digestOfEntry, entriesOf, FIELDS, mapping } from "./entries.js";
import { messageOf, Problem, Usage } from "./failure.js";
import { createReport, reportStop, summarize } from "./import-report.js";
import { isOpenProspectError } from "./package.js";
import { createProgress } from "./progress.js";
import { checkEncoding, openSource } from "./source.js";

/** Maximum number of blacklists that are searched for a name, in case the list never ends. */
const MAX_BLACKLISTS = 100_000;
/** Maximum number of entries that are read from a blacklist, for the same reason. */
const MAX_ENTRIES = 10_000_000;

/** @typedef {import("./package.js").Client} Client */
/** @typedef {import("./output.js").Output} Output */
/** @typedef {import("./entries.js").EntryRow} EntryRow */
/** @typedef {import("./import-report.js").Report} Report */
/** @typedef {import("./import-report.js").Job} Job */
/** @typedef {ReturnType<typeof withKeys>} Options */

/** @type {import("./table.js").Command} */
export const importCommand = {
  noun: "blacklists",
  verb: "import",
  summary: "Adds the rows of a CSV file to a blacklist and reports the rejected ones with the reason.",
  notes: [
    `The first line names the columns: ${FIELDS.join(", ")}, at least one of the first three; others are ignored. A ` +
      "column whose name suggests that it identifies a company stops the import until --map or --ignore decides. The " +
      "delimiter is a comma, a semicolon or a tab. Rows are sent in batches of the maximum size of a request.",
    "A row is rejected if it has nothing to match by, an invalid website address, or more cells than the first line, " +
      "or if the server rejects it; the other rows are sent. With rejected rows the exit code is 5.",
    "Duplicate rows are sent once, and rows that the blacklist already contains are not sent (blacklists:read); " +
      "--allow-duplicates sends all rows.",
  ],
  of: "blacklists.addEntries",
  ids: ["FILE.csv"],
  isOpen: false,
  specs: [
    { name: "blacklist", kind: "string", value: "ID", doc: "the blacklist to add to" },
    {
      name: "name",
      kind: "string",
      value: "NAME",
      doc: "the blacklist of this name, which is created if it does not exist (blacklists:read)",
    },
    {
      name: "encoding",
      kind: "string",
      value: "NAME",
      doc:
        "of the file (- is stdin): utf-8 (the default), utf-16le, windows-1252 or another; utf-8 and utf-16 are also " +
        "detected by a byte order mark",
    },
    {
      name: "delimiter",
      kind: "string",
      value: "SIGN",
      doc: "the delimiter between cells, such as | or tab (default: the comma, semicolon or tab of the first line)",
    },
    {
      name: "map",
      kind: "list",
      value: "COLUMN=FIELD",
      doc: "map a column of another name to a field, such as Website=website_url; may be repeated",
    },
    {
      name: "ignore",
      kind: "list",
      value: "COLUMN",
      doc: "ignore a column that could identify a company; may be repeated",
    },
    {
      name: "from-line",
      kind: "number",
      value: "N",
      doc: "skip the rows before this line, to resume an import",
    },
    {
      name: "refused",
      kind: "string",
      value: "FILE",
      doc: "write all rejected rows to this CSV file, with line and reason",
    },
    {
      name: "escape-formulas",
      kind: "boolean",
      doc:
        "in the file of --refused, put an apostrophe before cells that begin with = + - @, which a spreadsheet would " +
        "run as a formula; by default the cells are those of FILE.csv",
    },
    { name: "dry-run", kind: "boolean", doc: "check the file and print the rows without sending them" },
    {
      name: "allow-duplicates",
      kind: "boolean",
      doc: "also send rows that are repeated in the file or already in the blacklist",
    },
  ],
  /**
   * @param {import("./table.js").OperationCommand} command
   * @param {import("./table.js").Call} call
   */
  async run({ row: { batchSize } }, { values, args: [file], output, signal }) {
    if ((values.blacklist === undefined) === (values.name === undefined) && !values["dry-run"])
      throw new Usage("Pass --blacklist ID or --name NAME.");
    for (const column of values.map ?? []) mapping(column);
    const delimiter = delimiterOf(values.delimiter);
    const source = await openSource(file, checkEncoding(values.encoding), signal);
    try {
      if (values.refused !== undefined && (await source.isAt(values.refused)))
        throw new Usage("--refused would overwrite the file that is imported.");
      // Check the whole file before sending anything.
      for await (const _ of csvRows(source.text(), delimiter));
      const rows = csvRows(source.text(), delimiter);
      return await importRows(rows, batchSize ?? Infinity, { values, output, signal });
    } finally {
      await source.close();
    }
  },
};

/** @param {string | undefined} option */
function delimiterOf(option) {
  const sign = option === "tab" || option === "\\t" ? "\t" : option;
  if (sign !== undefined && !/^[^"\r\n]$/.test(sign)) throw new Usage("--delimiter: expected one character, or tab.");
  return sign;
}

/**
 * @param {AsyncIterable<import("./csv.js").Row>} source
 * @param {number} batchSize
 * @param {Pick<import("./table.js").Call, "values" | "output" | "signal">} call
 */
async function importRows(source, batchSize, { values, output, signal }) {
  const report = await createReport(values.refused, values["escape-formulas"] === true, output);
  /** @type {Job} */
  const job = { accepted: 0, already: 0, last: 0, entries: [], ...values };
  const progress = createProgress("rows");
  try {
    const rows = entriesOf(source, report, output, values);
    // A file without a valid first row must not create a blacklist.
    const first = await rows.next();
    /** @type {(batch: EntryRow[], number: number) => Promise<void>} */
    let add = async (batch) => {
      job.accepted += batch.length;
      for (const { line, entry } of batch) job.entries.push({ line, ...entry });
    };
    if (!values["dry-run"] && !first.done) {
      const client = await createClient(values, output);
      const options = withKeys(callOptions(values, { signal }));
      const found = values.blacklist ?? (await findByName(client, values.name, options));
      const existing =
        found === undefined || values["allow-duplicates"]
          ? new DigestSet()
          : await readEntries(client, found, options, output);
      const id = found ?? (await client.blacklists.create({ name: values.name }, options("blacklist", values.name))).id;
      job.blacklist = id;
      add = async (batch, number) => {
        // The batches are the same in each run, so a resumed import sends the same requests.
        const rest = batch.filter(({ entry }) => !existing.has(digestOfEntry(entry)));
        job.already += batch.length - rest.length;
        await send({ client, id, batch: rest, number, options, report, job });
      };
    }
    await inBatches(first, rows, batchSize, async (batch, number) => {
      await add(batch, number);
      job.last = batch[batch.length - 1].line;
      progress.update(job.accepted, job.accepted + report.count);
    });
  } catch (error) {
    progress.end();
    reportStop(error, job, signal, output);
    throw error;
  } finally {
    await report.close();
  }
  progress.end();
  await summarize(job, report, output);
  return report.count > 0 ? 5 : 0;
}

/**
 * Options of a call. An idempotency key belongs to a single request, so each request gets its own: the value of
 * `--idempotency-key` with a digest of the request. A repeated command sends the same requests with the same keys.
 *
 * @param {import("./package.js").CallOptions} options
 * @returns {(...request: unknown[]) => import("./package.js").CallOptions}
 */
function withKeys({ idempotencyKey, ...options }) {
  /** @param {unknown[]} request */
  const digest = (request) => createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 32);
  return (...request) => ({
    ...options,
    ...(idempotencyKey !== undefined &&
      request.length > 0 && { idempotencyKey: `${idempotencyKey}.${digest(request)}` }),
  });
}

/**
 * Splits the rows into batches that do not depend on where the import begins, so that the requests are the same.
 *
 * @param {IteratorResult<EntryRow>} first
 * @param {AsyncIterable<EntryRow>} rows
 * @param {number} batchSize
 * @param {(batch: EntryRow[], number: number) => Promise<void>} take
 */
async function inBatches(first, rows, batchSize, take) {
  if (first.done) return;
  /** @param {EntryRow} row */
  const numberOf = ({ index }) => Math.floor(index / batchSize);
  let batch = [first.value];
  for await (const row of rows) {
    if (numberOf(row) !== numberOf(batch[0])) {
      await take(batch, numberOf(batch[0]));
      batch = [];
    }
    batch.push(row);
  }
  await take(batch, numberOf(batch[0]));
}

/**
 * The id of the blacklist of a name, `undefined` if there is none.
 *
 * @param {Client} client
 * @param {string} name
 * @param {Options} options
 */
async function findByName(client, name, options) {
  /** @type {string[]} */
  const found = [];
  let count = 0;
  for await (const blacklist of client.blacklists.all({ limit: 100 }, options())) {
    if (blacklist?.name === name) found.push(blacklist.id);
    count += 1;
    if (count > MAX_BLACKLISTS)
      throw new Problem(`The server's list of blacklists does not end after ${count}.`, {
        exit: 7,
        hint: "pass --blacklist ID",
      });
  }
  if (found.length > 1)
    throw new Usage(
      `${found.length} blacklists have the name ${JSON.stringify(name)}.`,
      `choose with --blacklist: ${found.join(", ")}`,
    );
  return found[0];
}

/**
 * Returns the digests of a blacklist's entries.
 *
 * @param {Client} client
 * @param {string} id
 * @param {Options} options
 * @param {Output} output
 */
async function readEntries(client, id, options, { note }) {
  const digests = new DigestSet();
  let count = 0;
  try {
    for await (const entry of client.blacklists.allEntries(id, { limit: 100 }, options())) {
      if (typeof entry === "object" && entry !== null) digests.add(digestOfEntry(entry));
      count += 1;
      if (count > MAX_ENTRIES)
        throw new Problem(`The server's list of entries does not end after ${count}.`, {
          exit: 7,
          hint: "--allow-duplicates does not read it",
        });
    }
  } catch (error) {
    if (!isOpenProspectError(error, "authorization")) throw error;
    throw new Problem(
      `The entries of blacklist ${id}, which prevent sending rows twice, cannot be read: ${messageOf(error)}`,
      {
        exit: 3,
        cause: error,
        hint: "grant the key the scope blacklists:read, or send all rows with --allow-duplicates",
      },
    );
  }
  if (count > 0) note(`blacklist ${id} exists, with ${count} entries: rows that it already contains are not sent`);
  return digests;
}

/**
 * Sends the rows; if the server reports some as invalid, removes them and sends the rest again.
 *
 * @param {object} request
 * @param {Client} request.client
 * @param {string} request.id
 * @param {EntryRow[]} request.batch
 * @param {number} request.number
 * @param {Options} request.options
 * @param {Report} request.report
 * @param {Job} request.job
 */
async function send({ client, id, batch, number, options, report, job }) {
  let rest = batch;
  while (rest.length > 0) {
    try {
      const entries = rest.map(({ entry }) => entry);
      // Two batches may have the same rows.
      await client.blacklists.addEntries(id, entries, options("entries", id, number, entries));
      job.accepted += rest.length;
      return;
    } catch (error) {
      /** @type {Map<number, string>} */
      const rejected = isOpenProspectError(error, "validation") ? rejectedRows(error.fields) : new Map();
      for (const [index, why] of rejected) if (rest[index] !== undefined) await report.add(rest[index], why);
      const left = rest.filter((_, index) => !rejected.has(index));
      if (left.length === rest.length) throw error;
      rest = left;
    }
  }
}

/**
 * The rows that a 422 reports, as in `entries.17.city` or `body.entries[17]`, with the reason.
 *
 * @param {readonly import("../../pkg/index.js").FieldError[]} [fields]
 */
function rejectedRows(fields = []) {
  const rows = new Map();
  for (const { field, message } of fields) {
    const [, index, name] = /\bentries(?:\.|\[)(\d+)\]?(?:\.(\w+))?/.exec(field) ?? [];
    if (index !== undefined && !rows.has(Number(index))) rows.set(Number(index), name ? `${name} ${message}` : message);
  }
  return rows;
}
