// `blacklists import`: the rows of a CSV file as entries of a blacklist.

import { createHash } from "node:crypto";
import { callOptions, createClient } from "./client.js";
import { csvRows } from "./csv.js";
import { digestOfEntry, entriesOf, FIELDS, mapping } from "./entries.js";
import { Usage } from "./failure.js";
import { createReport, reportStop, summarize } from "./import-report.js";
import { createBlacklist, findByName, isDeleted, keysOf, noEntries, readExisting, send } from "./import-send.js";
import { isOpenProspectError } from "./package.js";
import { createProgress } from "./progress.js";
import { createWriter } from "./retry.js";
import { checkEncoding, openSource } from "./source.js";
import { clock } from "./time.js";
import { batchOptions, WAIT_UP_TO } from "./wait-up-to.js";

/** @typedef {import("./entries.js").EntryRow} EntryRow */
/** @typedef {import("./import-report.js").Job} Job */

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
    "A batch that a rate limit or an outage stops is sent again. If its outcome is unknown, the command first reads " +
      "which rows the blacklist has, and sends only the others. Each request has an idempotency key that is derived " +
      "from its content.",
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
    WAIT_UP_TO,
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
      const hash = createHash("sha256");
      for await (const _ of csvRows(hashed(source.text(), hash), delimiter));
      const rows = csvRows(source.text(), delimiter);
      return await importRows(rows, hash.digest("hex"), batchSize ?? Infinity, { values, output, signal });
    } finally {
      await source.close();
    }
  },
};

/**
 * @param {AsyncIterable<string>} texts
 * @param {import("node:crypto").Hash} hash
 */
async function* hashed(texts, hash) {
  for await (const text of texts) {
    hash.update(text);
    yield text;
  }
}

/** @param {string | undefined} option */
function delimiterOf(option) {
  const sign = option === "tab" || option === "\\t" ? "\t" : option;
  if (sign !== undefined && !/^[^"\r\n]$/.test(sign)) throw new Usage("--delimiter: expected one character, or tab.");
  return sign;
}

/**
 * @param {AsyncIterable<import("./csv.js").Row>} source
 * @param {string} file the digest of the file
 * @param {number} batchSize
 * @param {Pick<import("./table.js").Call, "values" | "output" | "signal">} call
 */
async function importRows(source, file, batchSize, { values, output, signal }) {
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
      progress.report();
      const context = await connect({ values, output, signal }, progress);
      add = await openBlacklist(context, file, report, job);
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
 * @param {Pick<import("./table.js").Call, "values" | "output" | "signal">} call
 * @param {ReturnType<typeof createProgress>} progress
 * @returns {Promise<import("./import-send.js").Context>}
 */
async function connect({ values, output, signal }, progress) {
  const batch = batchOptions(values);
  const client = await createClient(values, output, {
    ...batch,
    hasProgress: true,
    onEvent: (event) => progress.follow(event),
  });
  const { idempotencyKey, ...options } = callOptions(values, { ...batch, signal });
  const write = createWriter(values, signal, (until, why) => {
    progress.wait(until, why);
    if (values.verbose) output.note(output.errorStyle.dim(`${why}: waiting until ${clock(new Date(until))}`));
  });
  return { client, options, keyOf: keysOf(idempotencyKey), write, signal, output };
}

/**
 * Finds or creates the blacklist; returns a function that adds a batch of rows.
 *
 * @param {import("./import-send.js").Context} context
 * @param {string} file
 * @param {import("./import-report.js").Report} report
 * @param {Job} job
 * @returns {Promise<(batch: EntryRow[], number: number) => Promise<void>>}
 */
async function openBlacklist(context, file, report, job) {
  const { blacklist, name, "allow-duplicates": allowsDuplicates } = job;
  const found = blacklist ?? (await findByName(context, name, context.options));
  const entries = allowsDuplicates ? undefined : found === undefined ? noEntries() : await readExisting(context, found);
  /** @type {string[]} */
  const deleted = [];
  let id = found ?? (await createBlacklist(context, name, file, deleted));
  job.blacklist = id;
  return async (batch, number) => {
    // The batches are the same in each run, so a resumed import sends the same requests.
    const rest = batch.filter(({ entry }) => !entries?.digests.has(digestOfEntry(entry)));
    job.already += batch.length - rest.length;
    for (;;) {
      try {
        return await send(context, { id, batch: rest, number, entries, report, job });
      } catch (error) {
        const mayBeDeleted =
          found === undefined && job.accepted === 0 && isOpenProspectError(error, "not_found") && report.count === 0;
        if (!mayBeDeleted || !(await isDeleted(context, id, deleted))) throw error;
      }
      deleted.push(id);
      id = await createBlacklist(context, name, file, deleted);
      job.blacklist = id;
    }
  };
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
