// A file and, beside it, how far it is. The checkpoint moves only when what it speaks of is on the disk, so that after a
// crash the file may be longer than it says: that part is cut off and written again.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Problem } from "./failure.js";

const VERSION = 1;
/** So much of the file's end is compared with what was written. */
const TAIL = 4096;

const BEGINNING = { delivered_since: null, began: null, offset: 0, total: 0, recent: [], seen: [], run_start: 0, bytes: 0, rows: 0 };

/**
 * @param {{search: string, server: string, format: string}} identity what the file is a copy of
 * @param {string | null} since where a new copy begins
 */
export async function openCopy(file, identity, since) {
  const path = `${file}.checkpoint.json`;
  const known = await readCheckpoint(path);
  if (known === undefined) await refuseStranger(file, path);
  else compare(known, identity, path);
  if (known && since !== null) throw new Problem(`${file} is begun: --since is for a new file.`, { exit: 2 });
  const state = known ?? { version: VERSION, ...identity, ...BEGINNING, delivered_since: since };
  let tail = Buffer.alloc(0);

  /** Written aside and put in place in one step: a crash leaves the old one or the new one. */
  async function save() {
    state.tail = digest(tail);
    const aside = await open(`${path}.new`, "w");
    await aside.writeFile(`${JSON.stringify(state)}\n`);
    await aside.sync();
    await aside.close();
    await rename(`${path}.new`, path);
    await syncFolder(path);
  }

  // Before the file is made: one without a checkpoint is a stranger's.
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
    state,
    /** What is appended counts when it is saved. */
    async append(text, rows) {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done, state.bytes + done)).bytesWritten;
      tail = Buffer.from(Buffer.concat([tail, bytes.subarray(-TAIL)]).subarray(-TAIL));
      state.bytes += bytes.length;
      state.rows += rows;
    },
    async save(changes) {
      await handle.datasync();
      Object.assign(state, changes);
      await save();
    },
    /** The text that this run has written. */
    written: () => (state.bytes === state.run_start ? [] : createReadStream(file, { encoding: "utf8", start: state.run_start, end: state.bytes - 1 })),
    close: () => handle.close(),
    /** Takes a copy back that was begun by this run and has nothing in it: the search may have been mistyped. */
    async abandon() {
      if (known !== undefined || state.rows > 0) return false;
      await rm(path, { force: true });
      await rm(file, { force: true });
      return true;
    },
  };
}

async function readCheckpoint(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw new Problem(`The checkpoint ${path} cannot be read: ${error.message}`, { cause: error });
  }
}

async function refuseStranger(file, path) {
  const handle = await open(file, "r").catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await handle?.close();
  if (handle) throw new Problem(`${file} is there already, without a checkpoint (${path}).`, { exit: 2, hint: "give another name with --out, or move the file away" });
}

function compare(known, identity, path) {
  if (known.version !== VERSION) throw new Problem(`The checkpoint ${path} is of another version of this command.`, { exit: 2 });
  for (const [name, value] of Object.entries(identity)) {
    if (known[name] !== value) throw new Problem(`The checkpoint ${path} is of another ${name}: ${known[name]}, not ${value}.`, { exit: 2, hint: "give another file with --out" });
  }
}

async function openFile(file, { bytes }) {
  try {
    return await open(file, "r+");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    if (bytes > 0) throw new Problem(`${file} is gone, but its checkpoint is there.`, { exit: 2, hint: `to begin anew, delete ${file}.checkpoint.json` });
    return open(file, "wx+");
  }
}

async function checkedTail(handle, file, { bytes, tail }) {
  const length = Math.min(bytes, TAIL);
  const end = Buffer.alloc(length);
  const { bytesRead } = await handle.read(end, 0, length, bytes - length);
  if (bytesRead === length && digest(end) === tail) return end;
  throw new Problem(`${file} was changed since its checkpoint.`, { exit: 2, hint: `to begin anew, delete it and ${file}.checkpoint.json` });
}

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A new name lasts when its folder is on the disk; some systems open no folders. */
async function syncFolder(path) {
  const folder = await open(dirname(path), "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
