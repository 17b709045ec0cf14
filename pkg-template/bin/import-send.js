// `blacklists import`: sends the rows, through limits and outages. After a request of unknown outcome it reads which
// rows the blacklist has and sends only the others: not every server honors idempotency keys.

import { createHash } from "node:crypto";
import { DigestSet } from "./digest-set.js";
import { digestOfEntry } from "./entries.js";
import { messageOf, Problem, Usage } from "./failure.js";
import { isOpenProspectError } from "./package.js";
import { pause } from "./retry.js";

/** Maximum number of blacklists that are searched for a name, in case the list never ends. */
const MAX_BLACKLISTS = 100_000;
/** Maximum number of entries that are read from a blacklist, for the same reason. */
const MAX_ENTRIES = 10_000_000;
/** Maximum number of deleted blacklists of the same name that the server still returns for an idempotency key. */
const MAX_DELETED = 10;
/** The wait before a blacklist that was just created and is not found counts as deleted. */
const CREATED_MS = 1000;
const DIGEST_CHARS = 32;
/** The prefix of the idempotency keys without `--idempotency-key`. */
const DEFAULT_PREFIX = "import";

/** @typedef {import("./package.js").Client} Client */
/** @typedef {import("./package.js").CallOptions} CallOptions */
/** @typedef {import("./output.js").Output} Output */
/** @typedef {import("./entries.js").EntryRow} EntryRow */

/**
 * What the requests of an import need. `options` are those of reads; `keyOf` derives an idempotency key.
 *
 * @typedef {object} Context
 * @property {Client} client
 * @property {CallOptions} options
 * @property {(...request: unknown[]) => string} keyOf
 * @property {ReturnType<typeof import("./retry.js").createWriter>} write
 * @property {AbortSignal} signal
 * @property {Output} output
 */

/**
 * An idempotency key belongs to a single request, so it is derived from the request: a repeated command sends the same
 * requests with the same keys.
 *
 * @param {string} [prefix] the value of `--idempotency-key`
 * @returns {Context["keyOf"]}
 */
export function keysOf(prefix = DEFAULT_PREFIX) {
  return (...request) =>
    `${prefix}.${createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, DIGEST_CHARS)}`;
}

/**
 * The id of the blacklist of a name, `undefined` if there is none.
 *
 * @param {Pick<Context, "client">} context
 * @param {string} name
 * @param {CallOptions} options
 */
export async function findByName({ client }, name, options) {
  /** @type {string[]} */
  const found = [];
  let count = 0;
  for await (const blacklist of client.blacklists.all({ limit: 100 }, options)) {
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
 * Creates a blacklist and returns its id. The key is derived from the name and the file. A server may return a
 * blacklist for it that was deleted since: the key of the next one is also derived from the ids of these.
 *
 * @param {Context} context
 * @param {string} name
 * @param {string} file the digest of the file
 * @param {readonly string[]} deleted
 * @returns {Promise<string>}
 */
export async function createBlacklist(context, name, file, deleted) {
  const { client, options, keyOf, write } = context;
  const idempotencyKey = keyOf("blacklist", name, file, ...deleted);
  /** @type {string | undefined} */
  let id;
  await write({
    send: async (limits) => {
      ({ id } = await client.blacklists.create({ name }, { ...options, ...limits, idempotencyKey }));
    },
    check: async (limits) => {
      id = await findByName(context, name, { ...options, ...limits });
      return id === undefined ? "unchanged" : "done";
    },
  });
  return /** @type {string} */ (id);
}

/**
 * Whether a blacklist that was just created does not exist: the server has returned an earlier response.
 *
 * @param {Context} context
 * @param {string} id
 * @param {readonly string[]} deleted
 */
export async function isDeleted({ client, options, signal }, id, deleted) {
  if (deleted.length >= MAX_DELETED) return false;
  await pause(CREATED_MS, signal);
  try {
    await client.blacklists.get(id, options);
    return false;
  } catch (error) {
    if (isOpenProspectError(error, "not_found")) return true;
    throw error;
  }
}

/**
 * The entries of a blacklist as far as the import knows: their digests, and their number.
 *
 * @typedef {{ digests: DigestSet, count: number }} Entries
 */

/** @returns {Entries} */
export const noEntries = () => ({ digests: new DigestSet(), count: 0 });

/**
 * @param {Pick<Context, "client">} context
 * @param {string} id
 * @param {CallOptions} options
 */
export async function readEntries({ client }, id, options) {
  const entries = noEntries();
  for await (const entry of client.blacklists.allEntries(id, { limit: 100 }, options)) {
    if (typeof entry === "object" && entry !== null) entries.digests.add(digestOfEntry(entry));
    entries.count += 1;
    if (entries.count > MAX_ENTRIES)
      throw new Problem(`The server's list of entries does not end after ${entries.count}.`, {
        exit: 7,
        hint: "--allow-duplicates does not read it",
      });
  }
  return entries;
}

/**
 * The entries before the import.
 *
 * @param {Context} context
 * @param {string} id
 */
export async function readExisting(context, id) {
  try {
    const entries = await readEntries(context, id, context.options);
    if (entries.count > 0)
      context.output.note(
        `blacklist ${id} exists, with ${entries.count} entries: rows that it already contains are not sent`,
      );
    return entries;
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
}

/**
 * The total number of a blacklist's entries, `undefined` if the response does not show it beyond doubt.
 *
 * @param {Context} context
 * @param {string} id
 * @param {CallOptions} options
 */
export async function totalOf({ client }, id, options) {
  const path = `/api/v1/blacklists/${encodeURIComponent(id)}/entries`;
  /** @type {any} */
  const page = await client.get(path, { ...options, query: { limit: 1, offset: 0 } });
  const { total, has_more: hasMore } = Object(page);
  const items = [page?.items, page?.entries].find(Array.isArray);
  const isRight =
    Number.isSafeInteger(total) &&
    items !== undefined &&
    items.length === Math.min(total, 1) &&
    (typeof hasMore !== "boolean" || hasMore === total > items.length);
  return isRight ? /** @type {number} */ (total) : undefined;
}

/**
 * Sends the rows of a batch; if the server reports some as invalid, removes them and sends the rest again.
 *
 * @param {Context} context
 * @param {object} request
 * @param {string} request.id
 * @param {EntryRow[]} request.batch
 * @param {number} request.number
 * @param {Entries | undefined} request.entries `undefined` if the entries are not read
 * @param {import("./import-report.js").Report} request.report
 * @param {import("./import-report.js").Job} request.job
 */
export async function send(context, { id, batch, number, entries, report, job }) {
  const { client, options, keyOf, write } = context;
  let rest = batch;
  /** @param {EntryRow[]} left the rows that were not accepted */
  const accept = (left) => {
    job.accepted += rest.length - left.length;
    rest = left;
  };
  while (rest.length > 0) {
    try {
      await write({
        send: async (limits) => {
          const rows = rest.map(({ entry }) => entry);
          // Two batches may have the same rows.
          const idempotencyKey = keyOf("entries", id, number, rows);
          await client.blacklists.addEntries(id, rows, { ...options, ...limits, idempotencyKey });
          if (entries !== undefined) entries.count += rows.length;
          accept([]);
        },
        check: async (limits) => {
          if (entries === undefined) return "unchanged";
          const left = await missing(context, id, rest, entries, { ...options, ...limits });
          if (left.length === rest.length) return "unchanged";
          accept(left);
          return left.length === 0 ? "done" : "progress";
        },
      });
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
 * The rows that the blacklist does not have. The entries are read only if their number has changed otherwise than by
 * all rows or by none.
 *
 * @param {Context} context
 * @param {string} id
 * @param {EntryRow[]} rows
 * @param {Entries} entries updated
 * @param {CallOptions} options
 */
async function missing(context, id, rows, entries, options) {
  try {
    const total = await totalOf(context, id, options);
    if (total === entries.count) return rows;
    if (total === entries.count + rows.length) {
      entries.count = total;
      return [];
    }
    Object.assign(entries, await readEntries(context, id, options));
    return rows.filter(({ entry }) => !entries.digests.has(digestOfEntry(entry)));
  } catch (error) {
    // Without the scope to read, the key has to prevent duplicates.
    if (isOpenProspectError(error, "authorization")) return rows;
    throw error;
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
