// Shows the page: makes its folder, serves it, opens a browser where somebody sits at a terminal.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { makePage } from "./make.mjs";
import { servePage } from "./serve.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MINUTE = 60_000;
/** Started by a program, it must not stay when nobody looks any more. */
const IDLE_MS = { terminal: 15 * MINUTE, other: MINUTE };
const OPENERS = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };

/** @returns {Promise<number>} the exit code, once it is stopped or nobody has asked for anything for a while */
export async function show({ port, open }, signal) {
  const folder = `${process.env.CARGO_TARGET_DIR || `${ROOT}target`}/www`;
  await makePage(folder, `${ROOT}pkg`);
  const idleMs = process.stdout.isTTY ? IDLE_MS.terminal : IDLE_MS.other;
  let served;
  try {
    served = await servePage(folder, { port, idleMs });
  } catch (error) {
    process.stderr.write(`error: the page cannot be served: ${error.message}\n`);
    return 1;
  }
  process.stdout.write(`\nThe page is at ${served.url}\n`);
  process.stdout.write(
    `Ctrl-C ends it, and so do ${idleMs / MINUTE} min without a request. Any host can serve the folder ${folder}\n`,
  );
  if (open && process.stdout.isTTY) openBrowser(served.url);
  const stopped = new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
  if (!signal.aborted) await Promise.race([served.idle, stopped]);
  await served.close();
  return 0;
}

function openBrowser(url) {
  const { env, platform } = process;
  if (!(platform in OPENERS) && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const [program, ...given] = OPENERS[platform] ?? ["xdg-open"];
  const child = spawn(program, [...given, url], { stdio: "ignore", detached: true });
  // The address is printed: whoever has no such program can type it.
  child.on("error", () => {});
  child.unref();
}
