// Allows one process at a time: a lock file beside another file, in which its holder increments a counter while it
// runs. Process ids and host names are not reliable: two containers may have the same ones, and those of a crashed
// container never appear again. Clocks are not reliable either: a process that finds a lock watches it by its own
// clock.

import { randomBytes } from "node:crypto";
import { link, rename, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, Problem } from "./failure.js";
import { CREATE, openRegular, READ_WRITE, readText, removeTemporaries, writeTemporary } from "./files.js";
import { hex, readRecord, text } from "./schema.js";

const TOKEN_DIGITS = 32;
const FIELDS = { token: hex(TOKEN_DIGITS), beat: text };
/** Fields that earlier versions wrote; such a lock has no heartbeat. */
const LEGACY_FIELDS = { host: text };
const MAX_BYTES = 4096;
const ATTEMPTS = 5;
const BEAT_MS = 1000;
/** A holder without a heartbeat for this long is considered dead: five beats, since a busy machine may miss some. */
const DEAD_MS = 5000;
const POLL_MS = 200;

/**
 * Every beat has the same number of bytes, so that it overwrites the previous one.
 *
 * @param {string} token
 * @param {number} beat
 */
const record = (token, beat) => JSON.stringify({ token, beat: String(beat).padStart(12, "0") });

/**
 * Acquires the lock; a lock without a heartbeat is taken over.
 *
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<{ check(): Promise<void>, release(): Promise<void> }>} `check` throws if another process has taken
 *   over the lock
 */
export async function lock(path, signal) {
  const token = randomBytes(TOKEN_DIGITS / 2).toString("hex");
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await create(path, record(token, 0))) {
      // Another process that is about to acquire the lock may lose its temporary file, and then creates a new one.
      await removeTemporaries(path);
      return hold(path, token);
    }
    const found = await readText(path, MAX_BYTES);
    if (found === undefined) continue;
    if (await isBeating(path, found, signal)) break;
    await clear(path, found);
  }
  throw new Problem(`Another process is using it: ${path} exists.`, { hint: "wait until that process is done" });
}

/**
 * @param {string} path
 * @param {string} token
 */
async function hold(path, token) {
  const handle = await openRegular(path, READ_WRITE);
  let beat = 0;
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  const timer = setInterval(() => {
    beat += 1;
    // The disk may be full for a while: the next write may succeed.
    last = handle.write(record(token, beat), 0).catch(() => {});
  }, BEAT_MS);
  timer.unref();
  const isHeld = async () => tokenOf(path, await readText(path, MAX_BYTES)) === token;
  return {
    async check() {
      if (!(await isHeld()))
        throw new Problem(
          `Another process has taken over ${path}: this one was suspended for more than ${DEAD_MS / 1000} s.`,
          { hint: "the other process continues with the file" },
        );
    },
    async release() {
      clearInterval(timer);
      await last;
      await handle.close();
      if (await isHeld().catch(() => false)) await unlink(path).catch(() => {});
    },
  };
}

/**
 * @param {string} path
 * @param {string | undefined} found the content of the lock file
 * @returns {string | undefined}
 */
function tokenOf(path, found) {
  if (found === undefined) return undefined;
  /** @type {(own: (name: string) => unknown) => Record<string, import("./schema.js").Field>} */
  const table = (own) => (own("token") === undefined && own("host") !== undefined ? LEGACY_FIELDS : FIELDS);
  return readRecord(found, table, `The lock ${path}`, "delete it if no other process works on the file").token;
}

/**
 * Whether the holder increments the counter, or another process has taken the lock.
 *
 * @param {string} path
 * @param {string} found
 * @param {AbortSignal} signal
 */
async function isBeating(path, found, signal) {
  tokenOf(path, found);
  for (let waited = 0; waited < DEAD_MS; waited += POLL_MS) {
    await sleep(POLL_MS, undefined, { signal });
    const now = await readText(path, MAX_BYTES);
    if (now === undefined) return false;
    if (now !== found) return true;
  }
  return false;
}

/**
 * Creates the file atomically: no process can read half of it.
 *
 * @param {string} path
 * @param {string} own
 */
async function create(path, own) {
  const temporary = await writeTemporary(path, own);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    // The name exists, or a process that acquired the lock removed the temporary file.
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    // Not every file system supports hard links.
    return createWithoutLink(path, own);
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

/**
 * @param {string} path
 * @param {string} own
 */
async function createWithoutLink(path, own) {
  let handle;
  try {
    handle = await openRegular(path, CREATE);
    await handle.writeFile(own);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await handle?.close();
  }
}

/**
 * Removes the lock that was found, but not one that another process has created in the meantime.
 *
 * @param {string} path
 * @param {string} found
 */
async function clear(path, found) {
  const aside = await writeTemporary(path, "");
  try {
    await rename(path, aside);
    if ((await readText(aside, MAX_BYTES)) !== found) await link(aside, path).catch(() => {});
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  } finally {
    await unlink(aside).catch(() => {});
  }
}
