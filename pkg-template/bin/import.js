// `blacklists import`: the rows of a CSV file as entries of a blacklist.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { isOpenProspectError } from "../index.js";
import { callOptions, createClient } from "./client.js";
import { csvLine, csvRows } from "./csv.js";
import { entriesOf, FIELDS } from "./entries.js";
import { Usage } from "./failure.js";
import { createProgress } from "./progress.js";

/** Refused rows that are shown one by one, and that the report for programs has. */
const SHOWN = 20;
const KEPT = 10_000;

export const importCommand = {
  noun: "blacklists",
  verb: "import",
  summary: "Adds the rows of a CSV file to a blacklist, and tells which were refused and why.",
  notes: [
    `The first line names the columns: ${FIELDS.join(", ")}, at least one of them; others are left out. Comma, semicolon and tab are understood. As many rows are sent at a time as a request may have.`,
    "A row is refused if it has nothing to match by, a website that is no address, or more cells than the first line, and if the server says so: the others are sent. With refused rows the exit code is 5.",
  ],
  of: "blacklists.addEntries",
  ids: ["FILE.csv"],
  isOpen: false,
  specs: [
    { name: "blacklist", kind: "string", value: "ID", doc: "the blacklist to add to" },
    { name: "name", kind: "string", value: "NAME", doc: "the blacklist of this name, which is made if there is none (blacklists:read)" },
    { name: "from-line", kind: "number", value: "N", doc: "leave out the rows before this line: how an import goes on that was stopped" },
    { name: "refused", kind: "string", value: "FILE", doc: "write all refused rows to this CSV file, with line and reason" },
    { name: "dry-run", kind: "boolean", doc: "check the file and send nothing" },
  ],
  async run({ row: { part } }, { values, words: [file], output, signal }) {
    if ((values.blacklist === undefined) === (values.name === undefined) && !values["dry-run"]) throw new Usage("Give --blacklist ID or --name NAME.");
    const report = await createReport(values.refused, output);
    const job = { accepted: 0, last: 0, ...values };
    const progress = createProgress("rows");
    try {
      const rows = entriesOf(csvRows(createReadStream(file, { encoding: "utf8", signal })), report, output, values["from-line"]);
      // A file without a good first row makes no blacklist.
      const first = await rows.next();
      let add = async (chunk) => { job.accepted += chunk.length; };
      if (!values["dry-run"] && !first.done) {
        const client = await createClient(values, output);
        const options = { ...callOptions(values), signal };
        const id = values.blacklist ?? (await named(client, values.name, options));
        job.blacklist = id;
        add = (chunk) => send({ client, id, chunk, options, report, job });
      }
      await inChunks(first, rows, Number(part), async (chunk) => {
        await add(chunk);
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
  },
};

async function inChunks(first, rows, most, take) {
  if (first.done) return;
  let chunk = [first.value];
  for await (const row of rows) {
    if (chunk.length === most) {
      await take(chunk);
      chunk = [];
    }
    chunk.push(row);
  }
  await take(chunk);
}

async function named(client, name, options) {
  const found = [];
  for await (const blacklist of client.blacklists.all({ limit: 100 }, options)) if (blacklist.name === name) found.push(blacklist.id);
  if (found.length > 1) throw new Usage(`${found.length} blacklists are called ${JSON.stringify(name)}.`, `choose with --blacklist: ${found.join(", ")}`);
  return found[0] ?? (await client.blacklists.create({ name }, options)).id;
}

/** Sends the rows; those that the server names as wrong are taken out, and the rest is sent again. */
async function send({ client, id, chunk, options, report, job }) {
  let rest = chunk;
  while (rest.length > 0) {
    try {
      await client.blacklists.addEntries(id, rest.map(({ entry }) => entry), options);
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

/** The rows that a 422 speaks of, as in `entries.17.city` or `body.entries[17]`. */
function namedRows(fields = []) {
  const rows = new Map();
  for (const { field, message } of fields) {
    const [, index, name] = /\bentries(?:\.|\[)(\d+)\]?(?:\.(\w+))?/.exec(field) ?? [];
    if (index !== undefined && !rows.has(Number(index))) rows.set(Number(index), name ? `${name} ${message}` : message);
  }
  return rows;
}

async function createReport(path, { note }) {
  const handle = path === undefined ? undefined : await open(path, "w");
  await handle?.writeFile(csvLine(["line", "why", ...FIELDS]));
  const rows = [];
  let count = 0;
  return {
    rows,
    get count() { return count; },
    async add({ line, entry }, why) {
      count += 1;
      if (count <= SHOWN) note(`line ${line}: ${why}`);
      if (rows.length < KEPT) rows.push({ line, why });
      await handle?.writeFile(csvLine([String(line), why, ...FIELDS.map((name) => entry[name] ?? "")]));
    },
    async close() {
      if (count > SHOWN) note(`… and ${count - SHOWN} more refused rows${path === undefined ? "; --refused FILE has all of them" : ` in ${path}`}`);
      await handle?.close();
    },
  };
}

function tellStop(error, { last, accepted, blacklist }, signal, { note }) {
  if (blacklist === undefined) return;
  if (last > 0) note(`${accepted} rows are in blacklist ${blacklist}, up to line ${last}. To go on: --blacklist ${blacklist} --from-line ${last + 1}`);
  if (error.mayHaveBeenApplied || signal.aborted) note("The rows that were on their way may be in it too: a second time does no harm but for twins.");
}

async function summary({ accepted, blacklist, "dry-run": isDry }, report, output) {
  if (output.json) return output.value({ blacklist_id: blacklist ?? null, accepted, refused: report.count, refused_rows: report.rows });
  const where = isDry ? "would be sent" : blacklist === undefined ? "accepted: nothing was sent" : `accepted into blacklist ${blacklist}`;
  return output.line(`${accepted} rows ${where}, ${report.count} refused.`);
}
