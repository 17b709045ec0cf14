// WebKit: the small browser that comes with its driver, on a screen that nobody sees. It is driven by plain requests.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../helpers/setup.mjs";

const PATIENCE_MS = 60_000;
const SCREEN = ["-displayfd", "3", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"];
const BROWSER = { args: ["--automation"] };

/** It has no use for a sandbox that only an unprivileged user can build, nor for a graphics card or a session bus. */
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
  const started = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    while (started.length > 0) await started.pop()();
  };
  try {
    const screen = run(XVFB, SCREEN, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
    started.push(screen.end);
    const display = await within(firstLine(screen), screen.failed);
    const env = { ...process.env, ...SETTINGS, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home };
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const driver = run(WEBKIT_DRIVER, ["--host=127.0.0.1", `--port=${port}`], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    started.push(driver.end);
    await within(answering(address, driver), driver.failed);
    const capabilities = { alwaysMatch: { acceptInsecureCerts, "webkitgtk:browserOptions": BROWSER } };
    const {
      sessionId,
      capabilities: { browserVersion },
    } = await command(address, "POST", "/session", { capabilities });
    const session = (method, path, body) => command(address, method, `/session/${sessionId}${path}`, body);
    started.push(() => session("DELETE", ""));
    return { version: `WebKitGTK ${browserVersion}`, open: (url) => open(session, driver.lines, url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One page at a time: it is the browser's window. */
async function open(session, lines, url) {
  lines.length = 0;
  await session("POST", "/url", { url });
  return {
    lines,
    read: (expression) => session("POST", "/execute/sync", { script: `return ${expression}`, args: [] }),
    press: (key, held) =>
      session("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions: strokes(key, held) }] }),
    // Its bar of buttons keeps the window from being narrower than 447 px.
    resize: (width, height) => session("POST", "/window/rect", { width, height }),
    close: () => session("POST", "/url", { url: "about:blank" }),
  };
}

/** What WebDriver calls the keys that have no character. */
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

function strokes(key, held) {
  const stroke = (type, name) => ({ type, value: KEYS[name] ?? name });
  const own = [stroke("keyDown", key), stroke("keyUp", key)];
  return held ? [stroke("keyDown", held), ...own, stroke("keyUp", held)] : own;
}

/** A program that is ended by its id. What it writes is kept, by line. */
function run(program, args, options) {
  const child = spawn(program, args, options);
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => lines.push(...text.trimEnd().split("\n")));
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
  const failed = ended.then((code) => {
    throw new Error(`${program} ended with ${code}: ${lines.join("\n")}`);
  });
  failed.catch(() => {});
  const end = async () => {
    const late = setTimeout(() => child.kill("SIGKILL"), 5000);
    child.kill();
    await ended.catch(() => {});
    clearTimeout(late);
  };
  return { child, lines, failed, end };
}

/** A promise, unless the program fails before, or nothing comes of it. */
function within(promise, failed) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([promise, failed, late]).finally(() => clearTimeout(timer));
}

async function firstLine({ child, failed }) {
  let text = "";
  for await (const chunk of child.stdio[3]) {
    text += chunk;
    if (text.includes("\n")) return text.trim();
  }
  return failed;
}

async function answering(address, { child, failed }) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end && child.exitCode === null; ) {
    const answer = await fetch(`${address}/status`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  await failed;
}

async function command(address, method, path, body) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address + path, { method, body: body && JSON.stringify(body), signal });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}
