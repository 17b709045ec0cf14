// A browser that loads extensions, and all that goes wrong in it unasked.

import assert from "node:assert/strict";
import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { canary } from "../helpers/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longer than any suite takes, and shorter than the patience of its servers, which cannot tell what went wrong here. */
const PATIENCE_MS = 60_000;
const START_MS = 10_000;

export const EXAMPLE = fileURLToPath(new URL("example/", import.meta.url));
export const manifestOf = async (folder) => JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));

/** The manifest of an extension that may call servers on loopback and run the client. */
export const MANIFEST = {
  manifest_version: 3,
  name: "test",
  version: "1.0.0",
  permissions: ["storage"],
  host_permissions: ["http://127.0.0.1/*"],
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
  background: { service_worker: "worker.js", type: "module" },
};

function start(options) {
  const { CHROMIUM } = process.env;
  assert.ok(CHROMIUM, "set CHROMIUM to the path of the browser, as `cargo xtask test` does");
  return puppeteer.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    headless: true,
    pipe: true,
    enableExtensions: true,
    protocolTimeout: PATIENCE_MS,
    ...options,
  });
}

/** A browser in which nobody listens in to workers: Chromium ends none that somebody does. */
export const launchUnheard = () => start({ targetFilter: (target) => target.type() !== "service_worker" });

/** A browser until the tests of the file are over. */
export async function launch() {
  const browser = await start();
  const { said, asked, leave } = await listenIn(browser);

  /** The worker of an extension, when it has started. */
  async function worker(id) {
    const isIts = (target) =>
      target.type() === "service_worker" && target.url().startsWith(`chrome-extension://${id}/`);
    const own = await (await browser.waitForTarget(isIts, { timeout: START_MS })).worker();
    await within(
      START_MS,
      "the worker does not start",
      own.evaluate(() => {}),
    );
    return own;
  }
  async function open(address) {
    const page = await browser.newPage();
    page.setDefaultTimeout(START_MS);
    await page.goto(address);
    const { close } = page;
    page.close = async () => {
      // The key is in the database of the extension's own origin by design, and in no other place.
      const isOwn = address.startsWith("chrome-extension:");
      canary.require(
        `the page ${address}`,
        (await page.evaluate(surroundings)).filter(([where]) => !isOwn || where !== "indexedDB"),
      );
      canary.require("what it heard", await page.evaluate(() => globalThis.heard));
      await close.call(page);
    };
    return page;
  }
  return {
    browser,
    said,
    asked,
    worker,
    open,
    install: (folder) => browser.installExtension(folder),
    /** Ends the worker of an extension, as Chromium does to one that is idle and that nobody listens in to. */
    async stop(id) {
      const own = await worker(id);
      const gone = once(browser, "targetdestroyed", (target) => target.url() === own.url());
      await Promise.all([gone, leave(own.url()).then(() => own.close())]);
    },
    /** Runs a part of a test, whose failure then tells what the consoles said; they must not complain otherwise either. */
    async quietly(run) {
      said.length = 0;
      try {
        await run();
      } catch (error) {
        throw said.length === 0
          ? error
          : new Error([error.message, "The consoles:", ...said].join("\n"), { cause: error });
      }
      assert.deepEqual(said, [], "what the consoles said");
      canary.require("the addresses that were asked", asked);
    },
    /** Until a console complains of something. */
    async complaint(pattern) {
      for (let turns = 0; turns < START_MS / 50; turns += 1) {
        if (said.some((line) => pattern.test(line))) return;
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
      throw new Error(`no console said ${pattern}: ${said.join("\n")}`);
    },
    close: () => browser.close(),
  };
}

/**
 * Listens in every page and worker from its first line on, since a worker that fails to start is gone at once. `said` is
 * what they threw or complained of; `asked` is who asked which address.
 */
async function listenIn(browser) {
  const said = [];
  const asked = [];
  const sessions = new Map();
  const session = await browser.target().createCDPSession();
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo: { type, url } }) => {
    sessions.set(url, sessionId);
    const one = session.connection().session(sessionId);
    const say = (text) => said.push(`${type} ${url}: ${text}`);
    one.on("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) =>
      say(`${text} ${exception?.description ?? exception?.value ?? ""}`),
    );
    one.on("Runtime.consoleAPICalled", ({ type: level, args }) => {
      if (level === "error" || level === "assert")
        say(args.map(({ value, description }) => value ?? description).join(" "));
    });
    // An answer that is an error is a line of its own in the console, and what most checks are about.
    one.on("Log.entryAdded", ({ entry }) => entry.level === "error" && entry.source !== "network" && say(entry.text));
    one.on("Network.requestWillBeSent", ({ request }) => asked.push({ type, url: request.url }));
    // Those that are gone by then have nothing to tell.
    for (const command of ["Runtime.enable", "Log.enable", "Network.enable", "Runtime.runIfWaitingForDebugger"])
      one.send(command).catch(() => {});
  });
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: "service_worker" }, { type: "page" }],
  });
  const leave = (url) => session.send("Target.detachFromTarget", { sessionId: sessions.get(url) });
  return { said, asked, leave };
}

/** The first event that is as wanted. */
function once(emitter, name, wanted) {
  const event = new Promise((resolve) => {
    emitter.on(name, function listener(event) {
      if (!wanted(event)) return;
      emitter.off(name, listener);
      resolve(event);
    });
  });
  return within(START_MS, `no ${name}`, event);
}

function within(ms, what, promise) {
  let timer;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} in ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The example and the client, as somebody has them who has followed the README. */
export async function copyExample(project, name) {
  const folder = join(project.folder, name);
  await cp(EXAMPLE, folder, { recursive: true });
  await addClient(project, folder);
  return folder;
}

const addClient = (project, folder) =>
  copyFile(join(project.folder, "node_modules/openprospect/index.js"), join(folder, "openprospect.js"));

/** Writes an extension into a folder of a project: the client as the package has it, and these files. */
export async function writeExtension(project, name, manifest, files = {}) {
  const folder = join(project.folder, name);
  await mkdir(folder, { recursive: true });
  await addClient(project, folder);
  await cp(join(project.folder, "suite"), join(folder, "suite"), { recursive: true });
  await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...MANIFEST, ...manifest }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}
