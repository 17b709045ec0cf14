// WebKit: the driver's minimal browser on a virtual screen, controlled through WebDriver.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../helpers/setup.mjs";

const TIMEOUT_MS = 60_000;
const SCREEN = ["-displayfd", "3", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"];
const BROWSER = { args: ["--automation"] };

/** No sandbox, which root cannot create, no graphics card and no session bus. */
const SETTINGS = {
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  LIBGL_ALWAYS_SOFTWARE: "1",
  DBUS_SESSION_BUS_ADDRESS: "disabled:",
  GSETTINGS_BACKEND: "memory",
  NO_AT_BRIDGE: "1",
};

export async function webkit({ acceptInsecureCerts = false } = {}) {
  const { WEBKIT_DRIVER, XVFB } = process.env;
  assert.ok(
    WEBKIT_DRIVER && XVFB,
    "set WEBKIT_DRIVER and XVFB to the paths of the programs, as `cargo xtask test` does",
  );
  const home = await mkdtemp(join(tmpdir(), "openprospect-webkit-"));
  /** @type {(() => Promise<unknown>)[]} */
  const cleanups = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  };
  try {
    const screen = run(XVFB, SCREEN, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
    cleanups.push(screen.end);
    const display = await within(firstLine(screen), screen.failed);
    const env = { ...process.env, ...SETTINGS, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home };
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const driver = run(WEBKIT_DRIVER, ["--host=127.0.0.1", `--port=${port}`], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    cleanups.push(driver.end);
    await within(untilReady(address, driver), driver.failed);
    const capabilities = { alwaysMatch: { acceptInsecureCerts, "webkitgtk:browserOptions": BROWSER } };
    const {
      sessionId,
      capabilities: { browserVersion },
    } = await command(address, "POST", "/session", { capabilities });
    /**
     * @param {string} method
     * @param {string} path
     * @param {object} [body]
     */
    const session = (method, path, body) => command(address, method, `/session/${sessionId}${path}`, body);
    cleanups.push(() => session("DELETE", ""));
    return {
      version: `WebKitGTK ${browserVersion}`,
      open: (/** @type {string} */ url) => open(session, driver.lines, url),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Opens a page in the browser's only window.
 *
 * @param {(method: string, path: string, body?: object) => Promise<any>} session
 * @param {string[]} lines
 * @param {string} url
 */
async function open(session, lines, url) {
  lines.length = 0;
  await session("POST", "/url", { url });
  return {
    lines,
    /** @param {string} expression */
    read: (expression) => session("POST", "/execute/sync", { script: `return ${expression}`, args: [] }),
    /**
     * @param {string} key
     * @param {string} [held] a second key, held meanwhile
     */
    press: (key, held) =>
      session("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions: strokes(key, held) }] }),
    /**
     * The toolbar limits the window's width to at least 447 px.
     *
     * @param {number} width
     * @param {number} height
     */
    resize: (width, height) => session("POST", "/window/rect", { width, height }),
    close: () => session("POST", "/url", { url: "about:blank" }),
  };
}

/** @type {Record<string, string>} the codes of WebDriver for keys without a character */
const KEYS = {
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Escape: "\uE00C",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

/**
 * @param {string} key
 * @param {string} [held]
 */
function strokes(key, held) {
  /**
   * @param {"keyDown" | "keyUp"} type
   * @param {string} name
   */
  const stroke = (type, name) => ({ type, value: KEYS[name] ?? name });
  const own = [stroke("keyDown", key), stroke("keyUp", key)];
  return held ? [stroke("keyDown", held), ...own, stroke("keyUp", held)] : own;
}

/**
 * Starts a program, and collects the lines of its output.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
function run(program, args, options) {
  const child = spawn(program, args, options);
  /** @type {string[]} */
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => lines.push(...text.trimEnd().split("\n")));
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
  const failed = ended.then((code) => {
    throw new Error(`${program} exited with ${code}: ${lines.join("\n")}`);
  });
  failed.catch(() => {});
  const end = async () => {
    const timeout = setTimeout(() => child.kill("SIGKILL"), 5000);
    child.kill();
    await ended.catch(() => {});
    clearTimeout(timeout);
  };
  return { child, lines, failed, end };
}

/**
 * The value of a promise; rejects if the program fails before, or on a timeout.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {Promise<never>} failed
 */
function within(promise, failed) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const timedOut = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  return Promise.race([promise, failed, timedOut]).finally(() => clearTimeout(timer));
}

/** @param {ReturnType<typeof run>} screen */
async function firstLine({ child, failed }) {
  let text = "";
  for await (const chunk of /** @type {import("node:stream").Readable} */ (child.stdio[3])) {
    text += chunk;
    if (text.includes("\n")) return text.trim();
  }
  return failed;
}

/**
 * Polls the driver until it is ready.
 *
 * @param {string} address
 * @param {ReturnType<typeof run>} driver
 */
async function untilReady(address, { child, failed }) {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end && child.exitCode === null; ) {
    const response = await fetch(`${address}/status`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  await failed;
}

/**
 * @param {string} address
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function command(address, method, path, body) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(address + path, { method, body: body && JSON.stringify(body), signal });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}
