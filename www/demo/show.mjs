// Writes the page's folder, serves it, and opens a browser if stdout is a terminal.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { makePage } from "./make.mjs";
import { servePage } from "./serve.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MINUTE_MS = 60_000;
/** Shorter without a terminal: a server that a program started must not outlive its use. */
const IDLE_MS = { terminal: 15 * MINUTE_MS, other: MINUTE_MS };
/** @type {Partial<Record<NodeJS.Platform, string[]>>} the commands that open a URL */
const OPENERS = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };

/**
 * @param {{port: number, open: boolean}} options
 * @param {AbortSignal} signal stops the server
 * @returns {Promise<number>} the exit code, when the server is stopped or idle
 */
export async function show({ port, open }, signal) {
  const folder = `${process.env.CARGO_TARGET_DIR || `${ROOT}target`}/www`;
  await makePage(folder, `${ROOT}pkg`);
  const idleMs = process.stdout.isTTY ? IDLE_MS.terminal : IDLE_MS.other;
  let served;
  try {
    served = await servePage(folder, { port, idleMs });
  } catch (error) {
    process.stderr.write(`error: cannot serve the page: ${/** @type {Error} */ (error).message}\n`);
    return 1;
  }
  const minutes = idleMs / MINUTE_MS;
  process.stdout.write(`\nThe page is at ${served.url}\n`);
  process.stdout.write(`It stops on Ctrl-C or after ${minutes} min without a request. Any host can serve ${folder}\n`);
  if (open && process.stdout.isTTY) openBrowser(served.url);
  const stopped = new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
  if (!signal.aborted) await Promise.race([served.idle, stopped]);
  await served.close();
  return 0;
}

/** @param {string} url */
function openBrowser(url) {
  const { env, platform } = process;
  if (!(platform in OPENERS) && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const [program, ...args] = OPENERS[platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  // The URL is printed, so the program may be missing.
  child.on("error", () => {});
  child.unref();
}
