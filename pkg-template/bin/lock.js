// One process at a time: a file beside another one, made by whoever works on it.

import { link, open, readFile, rename, unlink } from "node:fs/promises";
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

async function create(path, text) {
  try {
    const handle = await open(path, "wx");
    await handle.writeFile(text);
    await handle.close();
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(text) {
  let owner;
  try {
    owner = JSON.parse(text);
  } catch {
    // It was killed between making the file and writing into it, or is about to write.
    return text !== "";
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
