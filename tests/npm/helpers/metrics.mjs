// What was measured, for the document that is made of it.

import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { OPENPROSPECT_FIGURES: folder } = process.env;
/** Longer than any process needs to add its figures. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 5;

/** Writes a flat object of figures, if somebody wants them. */
export function writeFigures(part, figures) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${part}.json`);
  writeFileSync(`${path}.new`, `${JSON.stringify(figures, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Adds numbers to those that are there: processes that run beside each other have one part. */
export function addFigures(part, figures) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${part}.json`);
  locked(`${path}.lock`, () => {
    const sum = read(path);
    for (const [name, value] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + value;
    writeFigures(part, sum);
  });
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return {};
  }
}

/** Only one at a time. */
function locked(lock, run) {
  const end = performance.now() + PATIENCE_MS;
  for (let isMine = false; !isMine; ) {
    try {
      mkdirSync(lock);
      isMine = true;
    } catch (error) {
      if (error.code !== "EEXIST" || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
  }
  try {
    run();
  } finally {
    rmdirSync(lock);
  }
}
