// The command as a process of its own, against a mock on a loopback address.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canary, PACKAGE, TEST_KEYS } from "../helpers/setup.mjs";

export const COMMAND = fileURLToPath(new URL("bin/openprospect.js", PACKAGE));

/** A process that does not end is a failure, with a signal that no test sends. */
const LONGEST_MS = 30_000;

/** Files in which a test itself has written a key, with the reason. */
const KEYS_OF_TESTS = { key: "what --key-file is given" };

/** A folder that is gone after the test; what the command has left there must not show a key. */
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

async function searchFolder(path) {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    canary.require("the name of a file", entry.name);
    if (entry.isFile() && !(entry.name in KEYS_OF_TESTS))
      canary.require(entry.name, await readFile(join(entry.path, entry.name), "latin1"));
  }
}

/**
 * Starts the command; `done` is what became of it.
 *
 * @param {{url?: string, key?: string, env?: object, cwd?: string, input?: string, flags?: string[], longest?: number}} [how] `flags` are Node's own, `longest` is in milliseconds
 */
export function start(
  args,
  { url, key = TEST_KEYS.full, env = {}, cwd, input = "", flags = [], longest = LONGEST_MS } = {},
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
    timeout: longest,
    killSignal: "SIGABRT",
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of Object.keys(texts)) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text) => {
      texts[name] += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  for (const own of [key, env.OPENPROSPECT_API_KEY]) canary.learn(own);
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, ...texts })));
  const done = ended.then((result) => {
    for (const name of Object.keys(texts)) canary.require(`the command's ${name}`, texts[name]);
    return result;
  });
  return { child, texts, done };
}

export const run = (args, how) => start(args, how).done;

/** A program that Node runs before the command. */
export const before = (code) => ["--import", `data:text/javascript,${encodeURIComponent(code)}`];

/** Somebody looks at it: streams that are no terminals say that they are some. */
export const terminal = (columns, names = ["stdout"]) =>
  before(names.map((name) => `Object.assign(process.${name}, { isTTY: true, columns: ${columns} });`).join("\n"));
