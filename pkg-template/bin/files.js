// Files in a folder that others can write to: a predictable name may already be taken by a symbolic link, a pipe or
// another user's file. These are neither followed nor overwritten, and new files are accessible to their owner only.

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, Problem } from "./failure.js";

const PRIVATE_MODE = 0o600;
/**
 * Windows has neither flag: there, links are checked for before the file is opened. A pipe must not block the process.
 */
const GUARDED = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const READ = constants.O_RDONLY;
export const READ_WRITE = constants.O_RDWR;
export const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
export const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
export const REPLACE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

/** @type {Record<string, string>} Reasons by error code. */
const REASONS = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENXIO: "it is not a regular file",
};

/** @typedef {import("node:fs/promises").FileHandle} FileHandle */

/** @type {(path: string, reason: string, cause?: unknown) => Problem} */
const unusable = (path, reason, cause) =>
  new Problem(`${path} cannot be used: ${reason}.`, {
    exit: 2,
    cause,
    hint: "remove it if you did not create it, or pass another file",
  });
/** @type {(path: string, cause?: unknown) => Problem} */
const unusableLink = (path, cause) => unusable(path, "it is a symbolic link, which is never followed", cause);

/**
 * Opens a regular file. The caller handles a missing (ENOENT) or an existing (EEXIST) file.
 *
 * @param {string} path
 * @param {number} flags
 */
export async function openRegular(path, flags) {
  if (constants.O_NOFOLLOW === undefined && (await isLink(path))) throw unusableLink(path);
  /** @type {FileHandle} */
  let handle;
  try {
    handle = await open(path, flags | GUARDED, PRIVATE_MODE);
  } catch (error) {
    const code = codeOf(error) ?? "";
    // FreeBSD reports EMLINK.
    if ((code === "ELOOP" || code === "EMLINK") && (await isLink(path))) throw unusableLink(path, error);
    const isNew = (flags & constants.O_CREAT) !== 0;
    throw code in REASONS && !(isNew && /^E(ACCES|PERM)$/.test(code)) ? unusable(path, REASONS[code], error) : error;
  }
  try {
    if (!(await handle.stat()).isFile()) throw unusable(path, "it is not a regular file");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @param {string} path */
async function isLink(path) {
  const stat = await lstat(path).catch(() => undefined);
  return stat?.isSymbolicLink() === true;
}

/**
 * Whether the name exists. A symbolic link is rejected, whatever its target is.
 *
 * @param {string} path
 */
export async function exists(path) {
  try {
    if ((await lstat(path)).isSymbolicLink()) throw unusableLink(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/**
 * Returns the text of a regular file, `undefined` if it does not exist.
 *
 * @param {string} path
 * @param {number} maxBytes
 */
export async function readText(path, maxBytes) {
  /** @type {FileHandle} */
  let handle;
  try {
    handle = await openRegular(path, READ);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw unusable(path, `it has ${size} bytes, more than ${maxBytes}`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * Writes a new file with an unpredictable name and returns the name.
 *
 * @param {string} path the new name begins with this one
 * @param {string} text
 */
export async function writeTemporary(path, text, { sync = false } = {}) {
  const temporary = `${path}.${process.pid}-${randomBytes(8).toString("hex")}.tmp`;
  const handle = await openRegular(temporary, CREATE);
  try {
    await handle.writeFile(text);
    if (sync) await handle.sync();
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
  return temporary;
}

/**
 * Removes the temporary files of processes that were killed: the process no longer exists, or the file is so old that
 * its process id must belong to another process. Only the names are removed; links are not followed.
 *
 * @param {string} path
 */
export async function removeTemporaries(path) {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = (name.startsWith(prefix) && TEMPORARY.exec(name.slice(prefix.length))) || [];
    if (pid === undefined) continue;
    const temporary = join(folder, name);
    if (!isRunning(Number(pid)) || (await isOld(temporary))) await unlink(temporary).catch(() => {});
  }
}

const TEMPORARY = /^(\d{1,9})-[0-9a-f]{16}\.tmp$/;
const OLD_MS = 3_600_000;

/** @param {string} path */
async function isOld(path) {
  const stat = await lstat(path).catch(() => undefined);
  return stat !== undefined && Date.now() - stat.mtimeMs > OLD_MS;
}

/** @param {number} pid */
function isRunning(pid) {
  if (pid === process.pid || pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
