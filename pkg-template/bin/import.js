// `blacklists import`: the rows of a CSV file as entries of a blacklist.

import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { isOpenProspectError } from "../index.js";
import { callOptions, createClient } from "./client.js";
import { csvCell, csvLine, csvRows } from "./csv.js";
import { DigestSet } from "./digest-set.js";
import { digestOfEntry, entriesOf, FIELDS, mapping } from "./entries.js";
import { Problem, Usage } from "./failure.js";
import { openRegular, REPLACE } from "./files.js";
import { createProgress } from "./progress.js";
import { checkEncoding, openSource } from "./source.js";

/** Maximum number of rejected rows that are printed one by one, and that the JSON report contains. */
const SHOWN = 20;
const KEPT = 10_000;
/** Maximum number of blacklists that are searched for a name, in case the list never ends. */
const MAX_BLACKLISTS = 100_000;
/** Maximum number of entries that are read from a blacklist, for the same reason. */
const MAX_ENTRIES = 10_000_000;
/** Line number of the first row after the header. */
const FIRST_LINE = 2;

export const importCommand = {
  noun: "blacklists",
  verb: "import",
  summary: "Adds the rows of a CSV file to a blacklist, and tells which were refused and why.",
  notes: [
    `The first line names the columns: ${FIELDS.join(", ")}, at least one of them; others are left out. One that could identify a company by its name stops the import until --map or --ignore says what it is. Comma, semicolon and tab are understood. As many rows are sent at a time as a request may have.`,
    "A row is refused if it has nothing to match by, a website that is no address, or more cells than the first line, and if the server says so: the others are sent. With refused rows the exit code is 5.",
    "Rows that are the same are sent once, and rows that the blacklist has already are not sent (blacklists:read); --allow-duplicates sends them all.",
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
      doc: "the blacklist of this name, which is made if there is none (blacklists:read)",
    },
    {
      name: "encoding",
      kind: "string",
      value: "NAME",
      doc: "of the file (- is stdin): utf-8 (the default), utf-16le, windows-1252 or another; a byte order mark tells utf-8 and utf-16",
    },
    {
      name: "delimiter",
      kind: "string",
      value: "SIGN",
      doc: "what is between two cells, such as | or tab; otherwise comma, semicolon or tab, as the first line has it",
    },
    {
      name: "map",
      kind: "list",
      value: "COLUMN=FIELD",
      doc: "what a column of another name is, such as Website=website_url; may be given more than once",
    },
    {
      name: "ignore",
      kind: "list",
      value: "COLUMN",
      doc: "leave out a column that could identify a company; may be given more than once",
    },
    {
      name: "from-line",
      kind: "number",
      value: "N",
      doc: "leave out the rows before this line: how an import goes on that was stopped",
    },
    {
      name: "refused",
      kind: "string",
      value: "FILE",
      doc: "write all refused rows to this CSV file, with line and reason",
    },
    {
      name: "escape-formulas",
      kind: "boolean",
      doc: "in the file of --refused: an apostrophe before cells that begin with = + - @, which spreadsheets would run; without it the cells are those of FILE.csv",
    },
    { name: "dry-run", kind: "boolean", doc: "check the file and print what would be sent; nothing is sent" },
    { name: "allow-duplicates", kind: "boolean", doc: "send rows that the file has twice, or the blacklist already" },
  ],
  async run({ row: { batchSize } }, { values, words: [file], output, signal }) {
    if ((values.blacklist === undefined) === (values.name === undefined) && !values["dry-run"])
      throw new Usage("Give --blacklist ID or --name NAME.");
    values.map?.forEach(mapping);
    const delimiter = delimiterOf(values.delimiter);
    const source = await openSource(file, checkEncoding(values.encoding), signal);
    try {
      if (values.refused !== undefined && (await source.isAt(values.refused)))
        throw new Usage("--refused would overwrite the file that is imported.");
      // Check the whole file before sending anything.
      for await (const _ of csvRows(source.text(), delimiter));
      return await importRows(csvRows(source.text(), delimiter), batchSize, { values, output, signal });
    } finally {
      await source.close();
    }
  },
};

function delimiterOf(given) {
  const sign = { tab: "\t", "\\t": "\t" }[given] ?? given;
  if (sign !== undefined && !/^[^"\r\n]$/.test(sign)) throw new Usage("--delimiter takes one character, or tab.");
  return sign;
}

async function importRows(source, batchSize, { values, output, signal }) {
  const report = await createReport(values.refused, values["escape-formulas"] === true, output);
  const job = { accepted: 0, already: 0, last: 0, entries: [], ...values };
  const progress = createProgress("rows");
  try {
    const rows = entriesOf(source, report, output, values);
    // A file without a valid first row must not create a blacklist.
    const first = await rows.next();
    let add = async (chunk) => {
      job.accepted += chunk.length;
      for (const { line, entry } of chunk) job.entries.push({ line, ...entry });
    };
    if (!values["dry-run"] && !first.done) {
      const client = await createClient(values, output);
      const options = withKeys(callOptions(values, { signal }));
      const found = values.blacklist ?? (await named(client, values.name, options));
      const there =
        found === undefined || values["allow-duplicates"]
          ? new DigestSet()
          : await entriesThere(client, found, options, output);
      job.blacklist =
        found ?? (await client.blacklists.create({ name: values.name }, options("blacklist", values.name))).id;
      add = async (chunk, part) => {
        // The batches are the same in each run, so a resumed import sends the same requests.
        const rest = chunk.filter(({ entry }) => !there.has(digestOfEntry(entry)));
        job.already += chunk.length - rest.length;
        await send({ client, id: job.blacklist, chunk: rest, part, options, report, job });
      };
    }
    await inChunks(first, rows, batchSize, async (chunk, part) => {
      await add(chunk, part);
      job.last = chunk.at(-1).line;
      progress.tell(job.accepted, job.accepted + report.count);
    });
  } catch (error) {
    progress.end();
    tellStop(error, job, signal, output);
    throw error;
  } finally {
    await report.close();
  }
  progress.end();
  await summary(job, report, output);
  return report.count > 0 ? 5 : 0;
}

/**
 * Options of a call. An idempotency key belongs to a single request, so each request gets its own: the given key with a
 * digest of the request. A repeated command sends the same requests with the same keys.
 */
function withKeys({ idempotencyKey, ...options }) {
  const digest = (request) => createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 32);
  return (...request) => ({
    ...options,
    ...(idempotencyKey !== undefined &&
      request.length > 0 && { idempotencyKey: `${idempotencyKey}.${digest(request)}` }),
  });
}

/** Splits the rows into batches that do not depend on where the import begins, so that the requests are the same. */
async function inChunks(first, rows, most, take) {
  if (first.done) return;
  const partOf = ({ index }) => Math.floor(index / most);
  let chunk = [first.value];
  for await (const row of rows) {
    if (partOf(row) !== partOf(chunk[0])) {
      await take(chunk, partOf(chunk[0]));
      chunk = [];
    }
    chunk.push(row);
  }
  await take(chunk, partOf(chunk[0]));
}

async function named(client, name, options) {
  const found = [];
  let count = 0;
  for await (const blacklist of client.blacklists.all({ limit: 100 }, options())) {
    if (blacklist?.name === name) found.push(blacklist.id);
    count += 1;
    if (count > MAX_BLACKLISTS)
      throw new Problem(`The server's list of blacklists does not end after ${count}.`, {
        exit: 7,
        hint: "give --blacklist ID",
      });
  }
  if (found.length > 1)
    throw new Usage(
      `${found.length} blacklists are called ${JSON.stringify(name)}.`,
      `choose with --blacklist: ${found.join(", ")}`,
    );
  return found[0];
}

/** Returns the digests of a blacklist's entries. */
async function entriesThere(client, id, options, { note }) {
  const there = new DigestSet();
  let count = 0;
  try {
    for await (const entry of client.blacklists.allEntries(id, { limit: 100 }, options())) {
      if (typeof entry === "object" && entry !== null) there.add(digestOfEntry(entry));
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
      `The entries of blacklist ${id} cannot be read, without which rows could be sent twice: ${error.message}`,
      {
        exit: 3,
        cause: error,
        hint: "give the key the scope blacklists:read, or send all rows with --allow-duplicates",
      },
    );
  }
  if (count > 0) note(`blacklist ${id} exists, with ${count} entries: rows that it has already are not sent`);
  return there;
}

/** Sends the rows; if the server reports some as invalid, removes them and sends the rest again. */
async function send({ client, id, chunk, part, options, report, job }) {
  let rest = chunk;
  while (rest.length > 0) {
    try {
      const entries = rest.map(({ entry }) => entry);
      // Two batches may have the same rows.
      await client.blacklists.addEntries(id, entries, options("entries", id, part, entries));
      job.accepted += rest.length;
      return;
    } catch (error) {
      const named = isOpenProspectError(error, "validation") ? namedRows(error.fields) : new Map();
      for (const [index, why] of named) if (rest[index] !== undefined) await report.add(rest[index], why);
      const left = rest.filter((_, index) => !named.has(index));
      if (left.length === rest.length) throw error;
      rest = left;
    }
  }
}

/** The rows that a 422 reports, as in `entries.17.city` or `body.entries[17]`. */
function namedRows(fields = []) {
  const rows = new Map();
  for (const { field, message } of fields) {
    const [, index, name] = /\bentries(?:\.|\[)(\d+)\]?(?:\.(\w+))?/.exec(field) ?? [];
    if (index !== undefined && !rows.has(Number(index))) rows.set(Number(index), name ? `${name} ${message}` : message);
  }
  return rows;
}

/** A device or a file descriptor of the shell (`/dev/stderr`, `>(gzip …)`) is opened directly. */
const openReport = (path) => (path.startsWith("/dev/") ? open(path, "w") : openRegular(path, REPLACE));

async function createReport(path, escapesFormulas, { note }) {
  const handle = path === undefined ? undefined : await openReport(path);
  await handle?.writeFile(csvLine(["line", "why", ...FIELDS]));
  const rows = [];
  let count = 0;
  return {
    rows,
    duplicates: 0,
    get count() {
      return count;
    },
    duplicate(line) {
      this.duplicates += 1;
      if (this.duplicates <= SHOWN) note(`line ${line}: the same as a row before it, not sent again`);
    },
    async add({ line, entry }, why) {
      count += 1;
      if (count <= SHOWN) note(`line ${line}: ${why}`);
      if (rows.length < KEPT) rows.push({ line, why });
      // The reason contains a message of the server and is for people: it is always escaped.
      await handle?.writeFile(
        csvLine([
          String(line),
          csvCell(why, true),
          ...FIELDS.map((name) => csvCell(entry[name] ?? "", escapesFormulas)),
        ]),
      );
    },
    async close() {
      if (count > SHOWN)
        note(
          `… and ${count - SHOWN} more refused rows${path === undefined ? "; --refused FILE has all of them" : ` in ${path}`}`,
        );
      await handle?.close();
    },
  };
}

/** Prints how to resume an import, wherever it stopped. */
function tellStop(
  error,
  { last, accepted, blacklist, "from-line": from = FIRST_LINE, "dry-run": isDry },
  signal,
  { note },
) {
  if (isDry) return;
  const next = last > 0 ? last + 1 : from;
  if (blacklist === undefined) note(`Nothing was sent. To go on: --from-line ${next}`);
  else
    note(
      `${accepted} rows are in blacklist ${blacklist}${last > 0 ? `, up to line ${last}` : ""}. To go on: --blacklist ${blacklist} --from-line ${next}`,
    );
  if (error.mayHaveBeenApplied || signal.aborted)
    note("The rows that were on their way may be in it too: the next run does not send those that are.");
}

async function summary({ accepted, already, blacklist, entries, "dry-run": isDry }, report, output) {
  if (output.json) {
    const counts = {
      blacklist_id: blacklist ?? null,
      accepted,
      refused: report.count,
      duplicates: report.duplicates,
      already_there: already,
    };
    return output.value({ ...counts, refused_rows: report.rows, ...(isDry && { entries }) });
  }
  if (isDry) {
    for (const { line, ...entry } of entries.slice(0, SHOWN))
      await output.line(
        `line ${line}: ${Object.entries(entry)
          .map(([name, text]) => `${name} ${JSON.stringify(text)}`)
          .join(", ")}`,
      );
    if (entries.length > SHOWN) await output.line(`… and ${entries.length - SHOWN} more; --json has all of them`);
  }
  const where = isDry
    ? "would be sent"
    : blacklist === undefined
      ? "accepted: nothing was sent"
      : `accepted into blacklist ${blacklist}`;
  const left = [
    [report.duplicates, "twice in the file"],
    [already, "there already"],
  ]
    .filter(([count]) => count > 0)
    .map(([count, why]) => `, ${count} ${why}`);
  return output.line(`${accepted} rows ${where}, ${report.count} refused${left.join("")}.`);
}
