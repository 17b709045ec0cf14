// The suite in an extension of Firefox, and the example extension of the README.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { canary, listen, mockOpenProspect, TEST_KEYS } from "../helpers/setup.mjs";
import { place } from "../suite/place.mjs";
import { makeProject } from "../suite/project.mjs";
import { copyExample, manifestOf, MANIFEST, writeExtension } from "./browser.mjs";
import { launchFirefox, listenForReports, reporting } from "./firefox.mjs";

/** With host_permissions Firefox sends no preflights, as Chromium. */
const NATURE = { preflights: false, page: false };
const KEY = TEST_KEYS.full;
const NAMES = ["Bakeries", "Größe 株式会社"];

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launchFirefox>>} */
let firefox;
before(async () => {
  project = await makeProject();
  firefox = await launchFirefox();
});
after(async () => {
  await firefox?.close();
  await project?.remove();
});

/**
 * A script that runs the suite, and checks its environment first.
 *
 * @param {string} address
 * @param {string} isWanted an expression
 */
const entry = (address, isWanted) => `
import * as openprospect from "./openprospect.js";
import { runSuite } from "./suite/run.mjs";
if (!(${isWanted})) throw new Error("not the expected environment");
runSuite(openprospect, "${address}");
`;
/** @param {object} [more] */
const scripts = (more) => ({ background: { service_worker: "worker.js", scripts: ["worker.js"], ...more } });
const isBackground =
  'typeof ServiceWorkerGlobalScope === "undefined" && ' +
  'location.protocol === "moz-extension:" && document.scripts.length';

place("Firefox, a module background script", NATURE, async (address) => {
  const files = { "worker.js": entry(address, `${isBackground} && document.currentScript === null`) };
  await firefox.install(await writeExtension(project, "module", scripts({ type: "module" }), files));
});

place("Firefox, a classic background script, bundled", NATURE, async (address) => {
  const folder = await writeExtension(project, "classic", scripts());
  await writeFile(join(folder, "entry.js"), entry(address, isBackground));
  await build({
    entryPoints: [join(folder, "entry.js")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "iife",
    logLevel: "silent",
  });
  await firefox.install(folder);
});

place("Firefox, a page of the extension", NATURE, async (address) => {
  const files = {
    "worker.js": 'chrome.tabs.create({ url: chrome.runtime.getURL("page.html") });\n',
    "page.html":
      '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="page.js"></script>',
    "page.js": entry(address, 'location.pathname === "/page.html"'),
  };
  await firefox.install(await writeExtension(project, "page", scripts({ type: "module" }), files));
});

test("without 'wasm-unsafe-eval' the error contains the line, which suffices", async (t) => {
  const { url, next } = await listenForReports(t);
  const worker = `${reporting(url)}
    import { OpenProspect } from "./openprospect.js";
    try {
      new OpenProspect({ apiKey: "lnc_test_x" });
      report("result", "made");
    } catch (error) {
      report("result", error.toJSON());
    }
  `;
  // Firefox's default policy would upgrade requests to the server on loopback to https.
  const policy = { extension_pages: "script-src 'self'" };
  await firefox.install(
    await writeExtension(
      project,
      "forbidden",
      { ...scripts({ type: "module" }), content_security_policy: policy },
      { "worker.js": worker },
    ),
  );
  const error = await next("result");
  assert.deepEqual([error.name, error.option], ["ConfigurationError", "WebAssembly"]);
  const line = /"content_security_policy": \{.*?\} (?=in the manifest)/.exec(error.message)?.[0];
  await firefox.install(
    await writeExtension(
      project,
      "allowed",
      { ...scripts({ type: "module" }), ...JSON.parse(`{${line}}`) },
      { "worker.js": worker },
    ),
  );
  assert.equal(await next("result"), "made");
});

describe("the example in Firefox", () => {
  /** @type {(() => unknown)[]} */
  const cleanups = [];
  /** @type {import("../helpers/setup.mjs").Scope} */
  const scope = { after: (cleanUp) => cleanups.push(cleanUp) };
  /** @type {any} */
  let mock;
  /** @type {any} */
  let server;
  /** @type {string} */
  let site;
  /** @type {Awaited<ReturnType<typeof listenForReports>>} */
  let reports;
  /** @type {import("puppeteer-core").Page} */
  let page;
  before(async () => {
    mock = mockOpenProspect({ prospectSearches: NAMES.map((name, n) => ({ id: `search-${n}`, name })) });
    server = await mock.serve();
    reports = await listenForReports(scope);
    site = await listen(scope, (_, response) =>
      response
        .writeHead(200, { "content-type": "text/html" })
        .end('<!doctype html><meta charset="utf-8"><title>crm</title><body>A CRM'),
    );
    await firefox.install(await example());
    assert.equal((await reports.next("worker")).split(":")[0], "moz-extension");
    page = await firefox.browser.newPage();
    await page.goto(site);
  });
  after(async () => {
    await page?.close();
    await server?.close();
    await Promise.all(cleanups.map((cleanUp) => cleanUp()));
  });

  /** The example, with the API on loopback, and with additional scripts that report what happens. */
  async function example() {
    const folder = await copyExample(project, "example");
    /**
     * @param {string} name
     * @param {string} text
     */
    const put = (name, text) => writeFile(join(folder, name), text);
    await put(
      "before.js",
      `${reporting(reports.url)}globalThis.process = { env: { OPENPROSPECT_BASE_URL: "${server.url}" } };\n`,
    );
    await put(
      "local-worker.js",
      `import "./before.js";
      import "./worker.js";
      report("worker", location.origin);
      chrome.tabs.create({ url: chrome.runtime.getURL("options.html") });
    `,
    );
    // A user saves a key, and then opens the popup.
    await put(
      "user.js",
      `
      const status = document.querySelector("[role=status]");
      for (const key of ["${TEST_KEYS.expired}", "${KEY}"]) {
        status.textContent = "";
        document.querySelector("input").value = key;
        document.querySelector("button").click();
        while (status.textContent === "") await new Promise((resolve) => { setTimeout(resolve, 20); });
        await report("options", [status.textContent, document.querySelector("input").value]);
      }
      location.href = "popup.html";
    `,
    );
    await put(
      "reader.js",
      `
      while (document.querySelector("#status").textContent === "")
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      report("popup", document.body.textContent.replace(/\\s+/g, " ").trim());
    `,
    );
    for (const [name, script] of [
      ["options", "user"],
      ["popup", "reader"],
    ]) {
      const html = await readFile(join(folder, `${name}.html`), "utf8");
      await put(
        `${name}.html`,
        `${html}<script src="before.js"></script><script type="module" src="${script}.js"></script>\n`,
      );
    }
    // What an attacker could try who controls a content script.
    await put(
      "hostile.js",
      `
      (async () => {
        const tries = {
          storage: async () => typeof chrome.storage,
          databases: async () => (await indexedDB.databases()).length,
          validate: () => chrome.runtime.sendMessage({ action: "validate" }),
          prototype: () => chrome.runtime.sendMessage({ action: "constructor" }),
          searches: () => chrome.runtime.sendMessage({ action: "searches", limit: 1 }),
        };
        addEventListener("message", async ({ data }) => {
          if (data !== "try") return;
          const results = {};
          for (const [name, run] of Object.entries(tries)) results[name] = await run().catch((error) => error.message);
          document.body.dataset.results = JSON.stringify(results);
        });
      })();
    `,
    );
    const manifest = await manifestOf(folder);
    manifest.background = { ...manifest.background, scripts: ["local-worker.js"] };
    manifest.host_permissions = [`${server.url}/*`, `${reports.url}/*`];
    manifest.content_scripts[0].matches = MANIFEST.host_permissions;
    manifest.content_scripts[0].js.push("hostile.js");
    await put("manifest.json", JSON.stringify(manifest));
    return folder;
  }

  test("the background script validates a key when it is saved, and the popup shows the searches", async () => {
    const [rejected, saved] = [await reports.next("options"), await reports.next("options")];
    assert.match(rejected[0], /401 .*key/);
    assert.match(saved[0], /^Saved. Scopes: orders:read, /);
    assert.deepEqual([rejected[1], saved[1]], ["", ""]);
    assert.match(await reports.next("popup"), /^2 of 2\s*BakeriesGröße 株式会社/);
    assert.deepEqual(
      mock.requests.map(({ path, headers }) => [path.split("/").at(-1), headers.authorization]),
      [
        ["validate", `Bearer ${TEST_KEYS.expired}`],
        ["validate", `Bearer ${KEY}`],
        ["prospect-searches", `Bearer ${KEY}`],
      ],
    );
  });

  test("a content script shows the result of the background script", async () => {
    await page.click("button");
    await page.waitForSelector("li");
    assert.deepEqual(await page.$$eval("li", (items) => items.map(({ textContent }) => textContent)), NAMES);
    canary.require("the page", await page.content());
  });

  test("a content script cannot read the key, and can only use the actions for pages", async () => {
    await page.evaluate(() => postMessage("try"));
    await page.waitForSelector("[data-results]");
    const results = JSON.parse((await page.$eval("body", ({ dataset }) => dataset.results)) ?? "");
    canary.require("the results of a content script", results);
    assert.deepEqual([results.storage, results.databases], ["undefined", 0]);
    for (const name of ["validate", "prototype"]) assert.match(results[name].error.message, /^action: /);
    assert.deepEqual(results.searches, { value: { names: NAMES.slice(0, 1), total: 2 } });
  });
});
