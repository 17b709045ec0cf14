// A copy of the deliveries of a search, for the tests of its files: a folder, a server and the command.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "../helpers/setup.mjs";
import { folder, run } from "./command.mjs";

const SEARCH = "search-1";
/** @param {number} count */
const companies = (count) =>
  Array.from({ length: count }, (_, n) => ({
    id: `company-${n}`,
    prospect_search_id: SEARCH,
    delivered_at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  }));
/** @param {number} count */
const seed = (count) => ({
  prospectSearches: [{ id: SEARCH, name: "s", status: "active" }],
  companies: companies(count),
  prospects: 0,
});
/** @param {string[]} more */
export const sync = (...more) => ["deliveries", "sync", SEARCH, "--out", "a.ndjson", ...more];
export const CHECKPOINT = "a.ndjson.checkpoint.json";

/**
 * A folder, a server with companies, and `pull`, which runs the command with both.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 */
export async function setUp(t, count = 3) {
  const cwd = await folder(t);
  const served = await serve(t, seed(count));
  /**
   * @param {import("./command.mjs").RunOptions} [options]
   * @param {string[]} more
   */
  const pull = (options = {}, ...more) => run(sync(...more), { url: served.url, cwd, ...options });
  /** @param {string} name */
  const path = (name) => join(cwd, name);
  const checkpoint = async () => JSON.parse(await readFile(path(CHECKPOINT), "utf8"));
  /** @param {unknown} state */
  const setCheckpoint = (state) =>
    writeFile(path(CHECKPOINT), typeof state === "string" ? state : JSON.stringify(state));
  return { ...served, cwd, path, pull, checkpoint, setCheckpoint };
}

/**
 * Checks that the command failed with an exit code and a message. Returns the message.
 *
 * @param {Promise<import("./command.mjs").Result>} result
 * @param {number} expected
 * @param {RegExp[]} patterns
 */
export async function assertFails(result, expected, ...patterns) {
  const { code, stdout, stderr } = await result;
  assert.deepEqual([code, stdout], [expected, ""], stderr);
  for (const pattern of patterns) assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /TypeError|SyntaxError|RangeError|undefined|Cannot read|is not iterable|not assignable/);
  return stderr;
}
