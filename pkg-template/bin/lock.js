// One process at a time: a file beside another one, made by whoever works on it.

import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { Problem } from "./failure.js";

/** Takes the lock; gives what returns it. A lock of a process that is gone is taken over. */
export async function lock(path) {
  const own = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let tries = 0; tries < 3; tries += 1) {
    if (await create(path, own)) return () => unlink(path).catch(() => {});
    const found = await readFile(path, "utf8").catch(() => undefined);
    if (found === undefined) continue;
    if (isAlive(found)) break;
    await clear(path, found);
  }
  throw new Problem(`Another process works on it: ${path} is there.`, { hint: "wait until it is done; if there is none, delete that file" });
}

/** The file is there whole or not at all: nobody reads half of it. */
async function create(path, text) {
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, text);
  try {
    // Not every system has links.
    await link(aside, path).catch((error) => {
      if (error.code === "EEXIST") throw error;
      return writeFile(path, text, { flag: "wx" });
    });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(aside);
  }
}

function isAlive(text) {
  let owner;
  try {
    owner = JSON.parse(text);
  } catch {
    return true;
  }
  // Of another machine's processes nothing is known.
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
    return owner.pid !== process.pid;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Takes away the lock that was found, and none that somebody else has put there in the meantime. */
async function clear(path, found) {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== found) await link(aside, path).catch(() => {});
  await unlink(aside);
}
