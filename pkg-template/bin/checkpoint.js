// A file and its checkpoint beside it. The checkpoint is updated only after the data is on the disk, so after a crash
// the file may be longer than the checkpoint records: the excess is cut off and written again.

import { createHash } from "node:crypto";
import { open, rename, rm, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { isDigests } from "./digest-set.js";
import { codeOf, Problem } from "./failure.js";
import { CREATE, exists, openRegular, READ_WRITE, readText, removeTemporaries, writeTemporary } from "./files.js";
import { IDLE } from "./pull.js";
import { FORMATS } from "./rows.js";
import { boolean, count, digests, hex, ids, instant, oneOf, orNull, readRecord, text } from "./schema.js";

const VERSION = 3;
/** Room for the digests of 15 million companies. */
const MAX_BYTES = 256 * 1024 * 1024;
const KEY_DIGITS = 32;
/** Number of bytes at the end of the file that are compared with what was written. */
const TAIL = 4096;

/** The fields of every version. */
const COMMON = {
  version: oneOf([1, 2, VERSION]),
  search: text,
  server: text,
  key: orNull(hex(KEY_DIGITS)),
  format: oneOf(Object.keys(FORMATS)),
  delivered_since: instant,
  began: instant,
  offset: count,
  seen: ids,
  bytes: count,
  rows: count,
  tail: hex(64),
};

const FIELDS = {
  ...COMMON,
  // State of the current pass: its number, the last row, whether the list changed, the number of new rows.
  pass: count,
  last: orNull(digests(isDigests)),
  moved: boolean,
  fresh: count,
  skipped: count,
  is_short: boolean,
  // Digests of the companies that this run, the last one, and the one before it received.
  received: digests(isDigests),
  known: digests(isDigests),
  older: digests(isDigests),
};

const BEGINNING = {
  ...IDLE,
  delivered_since: null,
  seen: [],
  is_short: false,
  known: "",
  older: "",
  bytes: 0,
  rows: 0,
};

/**
 * A checkpoint: `delivered_since` is the instant that the run reads from, `began` the one that the next run reads from.
 * `known` and `older` are digests of the companies that the last two runs received.
 *
 * @typedef {object} Checkpoint
 * @property {number} version
 * @property {string} search
 * @property {string} server
 * @property {string | null} key
 * @property {string} format
 * @property {string | null} delivered_since
 * @property {string | null} began
 * @property {number} offset
 * @property {(string | number | null)[]} seen the ids of versions 1 and 2
 * @property {number} bytes
 * @property {number} rows
 * @property {string} [tail]
 * @property {number} pass
 * @property {string | null} last
 * @property {boolean} moved
 * @property {number} fresh
 * @property {number} skipped
 * @property {boolean} is_short
 * @property {string} received
 * @property {string} known
 * @property {string} older
 */

/**
 * What the file is a copy of, and for which key (a fingerprint).
 *
 * @typedef {{ search: string, server: string, format: string, key: string }} Identity
 */

/** @typedef {Awaited<ReturnType<typeof openCopy>>} Copy */

/**
 * Identifies a key without revealing it: the digest is of no use elsewhere.
 *
 * @param {string | undefined} key
 */
export const fingerprintOf = (key) => digest(`openprospect checkpoint key\0${key}`).slice(0, KEY_DIGITS);

/**
 * @param {string} file
 * @param {Identity} identity
 * @param {string | null} since the instant at which a new copy begins
 * @param {object} options
 * @param {boolean} options.acceptsNewKey whether the key may differ from that of the checkpoint
 * @param {() => Promise<void>} options.check throws if another process now owns the file; called before each write
 */
export async function openCopy(file, { key, ...identity }, since, { acceptsNewKey, check }) {
  const path = `${file}.checkpoint.json`;
  const known = await readCheckpoint(file, path);
  if (known === undefined) await rejectUnknownFile(file, path);
  else {
    compare(known, identity, path);
    if (known.key !== null && known.key !== key && !acceptsNewKey) throw otherKey(path);
  }
  await removeTemporaries(path);
  if (known && since !== null)
    throw new Problem(`${file} already has a checkpoint: --since is for a new file.`, { exit: 2 });
  /** @type {Checkpoint} */
  const state = known ?? { version: VERSION, ...identity, key: null, ...BEGINNING, delivered_since: since };
  let tail = Buffer.alloc(0);

  /** Writes a temporary file and renames it atomically: a crash leaves the old or the new checkpoint. */
  async function save() {
    await check();
    state.tail = digest(tail);
    const temporary = await writeTemporary(path, `${JSON.stringify(state)}\n`, { sync: true });
    try {
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(path);
  }

  // Save before the file is created: a file without a checkpoint is rejected.
  if (known === undefined) await save();
  const handle = await openFile(file, state);
  try {
    tail = await checkedTail(handle, file, state);
    await handle.truncate(state.bytes);
    await syncFolder(file);
  } catch (error) {
    await handle.close();
    throw error;
  }

  return {
    file,
    state,
    /**
     * Called when the server has accepted the key: from then on the copy belongs to that key. A rejected key changes
     * nothing.
     */
    confirmKey() {
      state.key = key;
    },
    /**
     * Appends text, which counts only after the next `save`.
     *
     * @param {string} text
     * @param {number} rows
     */
    async append(text, rows) {
      await check();
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; )
        done += (await handle.write(bytes, done, bytes.length - done, state.bytes + done)).bytesWritten;
      tail = Buffer.from(Buffer.concat([tail, bytes.subarray(-TAIL)]).subarray(-TAIL));
      state.bytes += bytes.length;
      state.rows += rows;
    },
    /** @param {Partial<Checkpoint>} [changes] */
    async save(changes) {
      await handle.datasync();
      Object.assign(state, changes);
      await save();
    },
    close: () => handle.close(),
    /** Removes a copy that this run created and that has no rows: the search may have been mistyped. */
    async abandon() {
      if (known !== undefined || state.rows > 0) return false;
      await rm(path, { force: true });
      await rm(file, { force: true });
      return true;
    },
  };
}

/**
 * @param {string} file
 * @param {string} path
 * @returns {Promise<Checkpoint | undefined>}
 */
async function readCheckpoint(file, path) {
  const json = await readText(path, MAX_BYTES);
  if (json === undefined) return undefined;
  const hint = `to start over, move ${file} and ${path} away`;
  /** @type {(own: (name: string) => unknown) => Record<string, import("./schema.js").Field>} */
  const table = (own) => {
    const version = own("version");
    if (count.accepts(version) && Number(version) > VERSION)
      throw new Problem(`The checkpoint ${path} was written by a newer version of this command.`, { exit: 2, hint });
    if (version === VERSION) return FIELDS;
    const { key, ...fields } = COMMON;
    return version === 1 ? fields : { key, ...fields };
  };
  const state = /** @type {Checkpoint} */ (readRecord(json, table, `The checkpoint ${path}`, hint));
  if (state.version === VERSION) return state;
  // The received companies are recorded only in the file, which is not read back.
  if (state.began !== null)
    throw new Problem(
      `The checkpoint ${path} was written by an older version of this command, in the middle of a run.`,
      { exit: 2, hint },
    );
  return upgraded(state);
}

/**
 * Version 1 has no key, only the origin of the server, and the ids of the last run's end without their instants.
 *
 * @param {Checkpoint} checkpoint
 * @returns {Checkpoint}
 */
const upgraded = ({ key = null, seen, ...state }) => ({
  ...BEGINNING,
  ...state,
  ...IDLE,
  version: VERSION,
  key,
  seen: state.version === 1 ? seen.map((id) => JSON.stringify([id])) : seen,
});

/**
 * @param {string} file
 * @param {string} path
 */
async function rejectUnknownFile(file, path) {
  if (await exists(file))
    throw new Problem(`${file} already exists, without a checkpoint (${path}).`, {
      exit: 2,
      hint: "pass another name with --out, or move the file away",
    });
}

/**
 * @param {Checkpoint} known
 * @param {Omit<Identity, "key">} identity
 * @param {string} path
 */
function compare(known, identity, path) {
  for (const name of /** @type {const} */ (["search", "server", "format"])) {
    if (known[name] !== identity[name])
      throw new Problem(`The checkpoint ${path} is for another ${name}: ${known[name]}, not ${identity[name]}.`, {
        exit: 2,
        hint: "pass another file with --out",
      });
  }
}

/** @param {string} path */
const otherKey = (path) =>
  new Problem(`The checkpoint ${path} is for another API key.`, {
    exit: 2,
    hint:
      "if the key of the same account was replaced, pass --accept-new-key once; for another account, pass another " +
      "file with --out",
  });

/** @typedef {import("node:fs/promises").FileHandle} FileHandle */

/**
 * @param {string} file
 * @param {Checkpoint} checkpoint
 */
async function openFile(file, { bytes }) {
  /** @type {FileHandle} */
  let handle;
  try {
    handle = await openRegular(file, READ_WRITE);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    if (bytes > 0)
      throw new Problem(`${file} does not exist, but its checkpoint does.`, {
        exit: 2,
        hint: `to start over, delete ${file}.checkpoint.json`,
      });
    return openRegular(file, CREATE);
  }
  // Truncating the file or writing to it would also change it under its other name.
  if ((await handle.stat()).nlink <= 1) return handle;
  await handle.close();
  throw new Problem(`${file} cannot be used: it has another name (a hard link) as well.`, {
    exit: 2,
    hint: "replace it with a copy",
  });
}

/**
 * @param {FileHandle} handle
 * @param {string} file
 * @param {Checkpoint} checkpoint
 */
async function checkedTail(handle, file, { bytes, tail }) {
  const length = Math.min(bytes, TAIL);
  const end = Buffer.alloc(length);
  const { size } = await handle.stat();
  // Some systems cannot read at a position beyond the end.
  const bytesRead = size < bytes ? -1 : (await handle.read(end, 0, length, bytes - length)).bytesRead;
  if (bytesRead === length && digest(end) === tail) return end;
  throw new Problem(`${file} was changed since its checkpoint.`, {
    exit: 2,
    hint: `to start over, delete it and ${file}.checkpoint.json`,
  });
}

/** @param {string | Buffer} bytes */
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * A new name is durable only after its folder is synced; some systems cannot open folders.
 *
 * @param {string} path
 */
async function syncFolder(path) {
  const folder = await open(dirname(path), "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
