// Metrics of the tests, for the documents that are generated from them.

import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { OPENPROSPECT_FIGURES: folder } = process.env;
/** Longer than any process needs to add its metrics. */
const LOCK_TIMEOUT_MS = 10_000;
const LOCK_POLL_MS = 5;

/** @typedef {Record<string, unknown>} Metrics a flat object */

/**
 * Writes a file of metrics, if `OPENPROSPECT_FIGURES` is set.
 *
 * @param {string} name of the file
 * @param {Metrics} metrics
 */
export function writeFigures(name, metrics) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(`${path}.new`, `${JSON.stringify(metrics, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * Adds numbers to those in the file: concurrent processes share one.
 *
 * @param {string} name of the file
 * @param {Record<string, number>} metrics
 */
export function addFigures(name, metrics) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  withLock(`${path}.lock`, () => {
    const sum = read(path);
    for (const [key, value] of Object.entries(metrics)) sum[key] = (sum[key] ?? 0) + value;
    writeFigures(name, sum);
  });
}

/**
 * @param {string} path
 * @returns {Record<string, number>}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return {};
  }
}

/**
 * Runs one process at a time.
 *
 * @param {string} lock
 * @param {() => void} run
 */
function withLock(lock, run) {
  const end = performance.now() + LOCK_TIMEOUT_MS;
  for (let isLocked = false; !isLocked; ) {
    try {
      mkdirSync(lock);
      isLocked = true;
    } catch (error) {
      if (error.code !== "EEXIST" || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    }
  }
  try {
    run();
  } finally {
    rmdirSync(lock);
  }
}
