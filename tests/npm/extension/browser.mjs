// A Chromium that loads extensions and collects the errors of all their consoles.

/// <reference path="globals.d.ts" />

import assert from "node:assert/strict";
import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { canary } from "../helpers/setup.mjs";
import { surroundings } from "../suite/surroundings.mjs";

/** @typedef {{folder: string}} Project as `makeProject` makes it */

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longer than any suite takes, and shorter than the timeout of its servers, whose message would not have the cause. */
const TIMEOUT_MS = 60_000;
const START_MS = 10_000;

export const EXAMPLE = fileURLToPath(new URL("example/", import.meta.url));
/**
 * @param {string} folder
 * @returns {Promise<Record<string, any>>}
 */
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

/** @param {import("puppeteer-core").LaunchOptions} [options] */
function start(options) {
  const { CHROMIUM } = process.env;
  assert.ok(CHROMIUM, "set CHROMIUM to the path of the browser, as `cargo xtask test` does");
  return puppeteer.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    headless: true,
    pipe: true,
    enableExtensions: true,
    protocolTimeout: TIMEOUT_MS,
    ...options,
  });
}

/** A browser without debuggers attached to workers: Chromium does not stop a worker that has one. */
export const launchWithoutDebugger = () => start({ targetFilter: (target) => target.type() !== "service_worker" });

/** Starts a browser, which the caller closes. */
export async function launch() {
  const browser = await start();
  const { problems, requests, detach } = await attachToAll(browser);

  /**
   * The worker of an extension, once it has started.
   *
   * @param {string} id
   */
  async function worker(id) {
    /** @param {import("puppeteer-core").Target} target */
    const isWanted = (target) =>
      target.type() === "service_worker" && target.url().startsWith(`chrome-extension://${id}/`);
    const own = await (await browser.waitForTarget(isWanted, { timeout: START_MS })).worker();
    assert.ok(own);
    await within(
      START_MS,
      "the worker did not start",
      own.evaluate(() => {}),
    );
    return own;
  }
  /** @param {string} address */
  async function open(address) {
    const page = await browser.newPage();
    page.setDefaultTimeout(START_MS);
    await page.goto(address);
    const { close } = page;
    page.close = async () => {
      // By design, the key is in the database of the extension's own origin, and nowhere else.
      const isOwn = address.startsWith("chrome-extension:");
      canary.require(
        `the page ${address}`,
        (await page.evaluate(surroundings)).filter(([where]) => !isOwn || where !== "indexedDB"),
      );
      canary.require("the messages of the page", await page.evaluate(() => globalThis.messages));
      await close.call(page);
    };
    return page;
  }
  return {
    browser,
    problems,
    requests,
    worker,
    open,
    /** @param {string} folder */
    install: (folder) => browser.installExtension(folder),
    /**
     * Stops the worker of an extension, as Chromium does with an idle one.
     *
     * @param {string} id
     */
    async stop(id) {
      const own = await worker(id);
      const gone = once(
        browser,
        "targetdestroyed",
        (/** @type {import("puppeteer-core").Target} */ target) => target.url() === own.url(),
      );
      await Promise.all([gone, detach(own.url()).then(() => own.close())]);
    },
    /**
     * Runs a part of a test, and fails if a console has an error. A failure includes the consoles' errors.
     *
     * @param {() => Promise<void>} run
     */
    async quietly(run) {
      problems.length = 0;
      try {
        await run();
      } catch (error) {
        throw problems.length === 0
          ? error
          : new Error([error.message, "The consoles:", ...problems].join("\n"), { cause: error });
      }
      assert.deepEqual(problems, [], "errors in the consoles");
      canary.require("the requests", requests);
    },
    /**
     * Polls until a console has an error that matches.
     *
     * @param {RegExp} pattern
     */
    async problem(pattern) {
      for (let polls = 0; polls < START_MS / 50; polls += 1) {
        if (problems.some((line) => pattern.test(line))) return;
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
      throw new Error(`no console has ${pattern}: ${problems.join("\n")}`);
    },
    close: () => browser.close(),
  };
}

/**
 * Attaches a debugger to every page and worker before its first line runs, because a worker that fails to start is gone
 * at once. `problems` are the exceptions and errors of their consoles.
 *
 * @param {import("puppeteer-core").Browser} browser
 */
async function attachToAll(browser) {
  /** @type {string[]} */
  const problems = [];
  /** @type {{type: string, url: string}[]} */
  const requests = [];
  /** @type {Map<string, string>} by URL */
  const sessions = new Map();
  const session = await browser.target().createCDPSession();
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo: { type, url } }) => {
    sessions.set(url, sessionId);
    const one = session.connection()?.session(sessionId);
    if (!one) return;
    /** @param {string} text */
    const report = (text) => problems.push(`${type} ${url}: ${text}`);
    one.on("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) =>
      report(`${text} ${exception?.description ?? exception?.value ?? ""}`),
    );
    one.on("Runtime.consoleAPICalled", ({ type: level, args }) => {
      if (level === "error" || level === "assert")
        report(args.map(({ value, description }) => value ?? description).join(" "));
    });
    // The console also has a line for each error response, which most checks cause on purpose.
    one.on(
      "Log.entryAdded",
      ({ entry }) => entry.level === "error" && entry.source !== "network" && report(entry.text),
    );
    one.on("Network.requestWillBeSent", ({ request }) => requests.push({ type, url: request.url }));
    // A target may be gone by then.
    /** @type {("Runtime.enable" | "Log.enable" | "Network.enable" | "Runtime.runIfWaitingForDebugger")[]} */
    const commands = ["Runtime.enable", "Log.enable", "Network.enable", "Runtime.runIfWaitingForDebugger"];
    for (const command of commands) one.send(command).catch(() => {});
  });
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: "service_worker" }, { type: "page" }],
  });
  /** @param {string} url */
  const detach = (url) => session.send("Target.detachFromTarget", { sessionId: sessions.get(url) });
  return { problems, requests, detach };
}

/**
 * The first event that a filter accepts.
 *
 * @param {any} emitter
 * @param {string} name
 * @param {(event: any) => boolean} isWanted
 */
function once(emitter, name, isWanted) {
  /** @type {Promise<any>} */
  const first = new Promise((resolve) => {
    emitter.on(name, function listener(/** @type {any} */ event) {
      if (!isWanted(event)) return;
      emitter.off(name, listener);
      resolve(event);
    });
  });
  return within(START_MS, `no ${name}`, first);
}

/**
 * @template T
 * @param {number} ms
 * @param {string} problem
 * @param {Promise<T>} promise
 */
function within(ms, problem, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const timedOut = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} in ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, timedOut]).finally(() => clearTimeout(timer));
}

/**
 * Makes the example as the README describes it.
 *
 * @param {Project} project
 * @param {string} name
 */
export async function copyExample(project, name) {
  const folder = join(project.folder, name);
  await cp(EXAMPLE, folder, { recursive: true });
  await addClient(project, folder);
  return folder;
}

/**
 * @param {Project} project
 * @param {string} folder
 */
const addClient = (project, folder) =>
  copyFile(join(project.folder, "node_modules/openprospect/index.js"), join(folder, "openprospect.js"));

/**
 * Writes an extension into a folder of a project: the package's client, the suite, and these files.
 *
 * @param {Project} project
 * @param {string} name
 * @param {object} manifest changes of `MANIFEST`
 * @param {Record<string, string>} files texts by name
 */
export async function writeExtension(project, name, manifest, files = {}) {
  const folder = join(project.folder, name);
  await mkdir(folder, { recursive: true });
  await addClient(project, folder);
  await cp(join(project.folder, "suite"), join(folder, "suite"), { recursive: true });
  await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...MANIFEST, ...manifest }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}
