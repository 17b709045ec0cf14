// The command as a process of its own, against a mock on a loopback address.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canary, PACKAGE, TEST_KEYS } from "../helpers/setup.mjs";

export const COMMAND = fileURLToPath(new URL("bin/openprospect.js", PACKAGE));

/** A process that runs longer is killed with a signal that no test sends. */
const TIMEOUT_MS = 30_000;

/** Files in which a test itself has written a key, with the reason. */
const FILES_WITH_KEYS = { key: "the file of --key-file" };

/**
 * A folder that is removed after the test; no file that the command left there may contain a key.
 *
 * @param {import("../helpers/setup.mjs").Scope} t
 */
export async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "openprospect-cli-"));
  t.after(async () => {
    try {
      await searchFolder(path);
    } finally {
      await rm(path, { recursive: true });
    }
  });
  return path;
}

/** @param {string} path */
async function searchFolder(path) {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    canary.require("the name of a file", entry.name);
    if (entry.isFile() && !(entry.name in FILES_WITH_KEYS))
      canary.require(entry.name, await readFile(join(entry.path, entry.name), "latin1"));
  }
}

/**
 * `flags` are those of Node, `input` is the text on stdin.
 *
 * @typedef {object} RunOptions
 * @property {string} [url]
 * @property {string} [key]
 * @property {Record<string, string>} [env]
 * @property {string} [cwd]
 * @property {string} [input]
 * @property {string[]} [flags]
 * @property {number} [timeoutMs]
 */

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }} Result */

/**
 * Starts the command; `done` is its result.
 *
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function start(
  args,
  { url, key = TEST_KEYS.full, env = {}, cwd, input = "", flags = [], timeoutMs = TIMEOUT_MS } = {},
) {
  const own = {
    PATH: process.env.PATH,
    ...(key && { OPENPROSPECT_API_KEY: key }),
    ...(url && { OPENPROSPECT_BASE_URL: url }),
    ...env,
  };
  const child = spawn(process.execPath, [...flags, COMMAND, ...args], {
    env: own,
    cwd,
    timeout: timeoutMs,
    killSignal: "SIGABRT",
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text) => {
      texts[name] += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  for (const own of [key, env.OPENPROSPECT_API_KEY]) canary.learn(own);
  /** @type {Promise<Result>} */
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, ...texts })));
  const done = ended.then((result) => {
    for (const [name, text] of Object.entries(texts)) canary.require(`the command's ${name}`, text);
    return result;
  });
  return { child, texts, done };
}

/**
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export const run = (args, options) => start(args, options).done;

/**
 * Flags that make Node run a program before the command.
 *
 * @param {string} code
 */
export const preload = (code) => ["--import", `data:text/javascript,${encodeURIComponent(code)}`];

/**
 * Flags that make the command treat its streams as terminals.
 *
 * @param {number | undefined} columns
 */
export const terminal = (columns, names = ["stdout"]) =>
  preload(names.map((name) => `Object.assign(process.${name}, { isTTY: true, columns: ${columns} });`).join("\n"));
