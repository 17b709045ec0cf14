// The example extension of the README, from the key in its options to the list in a web page.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { canary, listen, mockOpenProspect, TEST_KEYS, until } from "../helpers/setup.mjs";
import { makeProject } from "../suite/project.mjs";
import { copyExample, launch, manifestOf } from "./browser.mjs";

const KEY = TEST_KEYS.full;
const HOSTILE = '<img src="/x" onerror="document.title = 1">';
const NAMES = ["Bakeries", "Größe 株式会社", HOSTILE];
/** A page that records its messages and whose policy blocks foreign scripts. */
const PAGE = '<!doctype html><meta charset="utf-8"><title>crm</title><script src="/page.js"></script><body>A CRM';
const SCRIPT = "globalThis.messages = []; addEventListener('message', ({ data }) => globalThis.messages.push(data));";

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
/** @type {any} */
let mock;
/** @type {any} */
let server;
/** @type {string} */
let site;
/** @type {(() => unknown)[]} */
const cleanups = [];
before(async () => {
  mock = mockOpenProspect({ prospectSearches: NAMES.map((name, n) => ({ id: `search-${n}`, name })) });
  server = await mock.serve();
  site = await listen({ after: (close) => cleanups.push(close) }, (request, response) => {
    const type = request.url === "/page.js" ? "text/javascript" : "text/html";
    response.writeHead(200, {
      "content-type": type,
      "content-security-policy": "default-src 'none'; script-src 'self'",
    });
    response.end(request.url === "/page.js" ? SCRIPT : PAGE);
  });
  project = await makeProject();
  chromium = await launch();
});
after(async () => {
  await chromium?.close();
  await Promise.all([server?.close(), ...cleanups.map((close) => close())]);
  await project?.remove();
});

/** The example, with the API on loopback through an environment variable, and with the page's site in its manifest. */
async function localExample() {
  const folder = await copyExample(project, "local");
  await writeFile(
    join(folder, "environment.js"),
    `globalThis.process = { env: { OPENPROSPECT_BASE_URL: "${server.url}" } };\n`,
  );
  await writeFile(join(folder, "local-worker.js"), 'import "./environment.js";\nimport "./worker.js";\n');
  const manifest = await manifestOf(folder);
  manifest.background.service_worker = "local-worker.js";
  delete manifest.background.scripts;
  manifest.host_permissions = [`${server.url}/*`];
  manifest.content_scripts[0].matches = [`${site}/*`];
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

/**
 * Saves a key in the options page as a user does.
 *
 * @param {string} id of the extension
 * @param {string} key
 */
async function saveKey(id, key) {
  const options = await chromium.open(`chrome-extension://${id}/options.html`);
  await options.type("input[name=apiKey]", key);
  await options.click("button");
  await options.waitForFunction("document.querySelector('[role=status]').textContent");
  const status = await options.$eval("[role=status]", ({ textContent }) => textContent);
  const input = await options.$eval("input", ({ value }) => value);
  await options.close();
  return { status, input };
}

/** A web page, and the JavaScript world of the content script in it. */
async function openPage() {
  const page = await chromium.open(`${site}/`);
  const [world] = page.extensionRealms();
  assert.ok(world, "the page has no content script");
  const lines = () => page.$$eval("li", (items) => items.map(({ textContent }) => textContent));
  const click = async () => {
    await page.click("button");
    await page.waitForSelector("li");
    return lines();
  };
  /**
   * Sends a message from the content script to the worker.
   *
   * @param {unknown} message
   */
  const send = async (message) => {
    const reply = await world.evaluate((message) => chrome.runtime.sendMessage(message), message);
    canary.require("the reply to a content script", reply);
    return reply;
  };
  return { page, world, lines, click, send };
}

/**
 * The heap of a page's process, including the content script's world.
 *
 * @param {import("puppeteer-core").Page} page
 */
async function heap(page) {
  const session = await page.createCDPSession();
  /** @type {string[]} */
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return chunks.join("");
}

test("the example loads without changes", () =>
  chromium.quietly(async () => {
    const worker = await chromium.worker(await chromium.install(await copyExample(project, "unchanged")));
    assert.equal(await worker.evaluate(() => chrome.runtime.onMessage.hasListeners()), true);
  }));

describe("the example", () => {
  /** @type {string} */
  let id;
  before(() =>
    chromium.quietly(async () => {
      id = await chromium.install(await localExample());
      await chromium.worker(id);
    }),
  );
  beforeEach(() => {
    mock.requests.length = 0;
    chromium.requests.length = 0;
  });
  /**
   * @param {string} name
   * @param {() => Promise<void>} run
   */
  const quietTest = (name, run) => test(name, () => chromium.quietly(run));

  quietTest("without a key, the error names the option", async () => {
    const { page, click } = await openPage();
    assert.match((await click()).join(), /^apiKey is missing; expected a string/);
    assert.equal(mock.requests.length, 0);
    await page.close();
  });

  quietTest("the worker validates a key when it is saved", async () => {
    const { status, input } = await saveKey(id, KEY);
    assert.match(status, /^Saved. Scopes: orders:read, /);
    assert.equal(input, "");
    assert.deepEqual(
      mock.requests.map(({ path, headers }) => [path, headers.authorization]),
      [["/api/v1/auth/validate", `Bearer ${KEY}`]],
    );
    assert.match((await saveKey(id, TEST_KEYS.expired)).status, /401 .*key/);
    await saveKey(id, KEY);
  });

  quietTest("a content script shows the result of the worker", async () => {
    const { page, click } = await openPage();
    assert.deepEqual(await click(), NAMES);
    assert.equal(await page.title(), "crm");
    assert.deepEqual(
      mock.requests.map(({ query, headers }) => [query.limit, headers.authorization]),
      [["5", `Bearer ${KEY}`]],
    );
    const callers = chromium.requests.filter(({ url }) => url.startsWith(server.url)).map(({ type }) => type);
    assert.deepEqual(callers, ["service_worker"]);
    await page.close();
  });

  quietTest("the page does not contain the key", async () => {
    const { page, world, click } = await openPage();
    assert.deepEqual(await click(), NAMES);
    await world.evaluate(async () => {
      globalThis.reply = await chrome.runtime.sendMessage({ action: "searches", limit: 5 });
    });
    const visible = await world.evaluate(async () => [typeof chrome.storage, await indexedDB.databases()]);
    assert.deepEqual(visible, ["undefined", []]);
    assert.deepEqual(await page.evaluate(() => globalThis.messages), []);
    assert.ok(!(await page.content()).includes(KEY));
    // Both worlds share the heap: it contains the reply, but not the key.
    const all = await heap(page);
    assert.ok(all.includes(NAMES[0]), "the reply is not in the heap");
    assert.ok(!all.includes(KEY.slice("lnc_test_".length)), "the key is in the heap");
    await page.close();
  });

  quietTest("a content script can only use the actions for pages", async () => {
    const { page, send } = await openPage();
    const invalid = [
      null,
      "searches",
      1,
      [],
      {},
      { action: "validate" },
      { action: "constructor" },
      { action: "__proto__" },
      { action: ["validate"] },
      { action: "/api/v1/orders" },
      { action: "searches" },
      { action: "searches", limit: 0 },
      { action: "searches", limit: 1000 },
      { action: "searches", limit: "5" },
      { action: "searches", limit: { toString: "x" } },
    ];
    for (const message of invalid) {
      const { value, error } = await send(message);
      assert.deepEqual([value, Object.keys(error)], [undefined, ["message"]], JSON.stringify(message));
      assert.match(error.message, /^(?:limit|action): |Cannot (?:destructure|read)/, JSON.stringify(message));
    }
    assert.equal(mock.requests.length, 0);
    const { value } = await send({ action: "searches", limit: 1, path: "/api/v1/orders", apiKey: "x", baseUrl: site });
    assert.deepEqual(value, { names: NAMES.slice(0, 1), total: 3 });
    assert.deepEqual(
      mock.requests.map(({ path, headers }) => [path, headers.authorization]),
      [["/api/v1/prospect-searches", `Bearer ${KEY}`]],
    );
    await page.close();
  });

  quietTest("a click by the page's own script is ignored", async () => {
    const { page, lines, click } = await openPage();
    await page.evaluate(() => document.querySelector("button")?.click());
    await click();
    assert.deepEqual([mock.requests.length, await lines()], [1, NAMES]);
    await page.close();
  });

  quietTest(
    "a content script gets the message and code of an error, and the extension's own pages also the resolution",
    async () => {
      const { page, send, click } = await openPage();
      const details = { required_scopes: ["a_scope:read"], user_scopes: ["another_scope:write"], internal: "host-17" };
      const fault = { status: 403, code: "AUTHORIZATION_ERROR", message: "Not for this key", details };
      mock.fail(
        fault,
        { status: 422, code: "VALIDATION_ERROR", message: "Wrong", details: { field: "limit", message: "host-17" } },
        { status: 501, body: "host-17" },
      );
      /** @type {any[]} */
      const replies = [];
      for (let count = 0; count < 3; count += 1) replies.push(await send({ action: "searches", limit: 5 }));
      assert.deepEqual(
        replies.map(({ value, error }) => [value, Object.keys(error).sort(), error.code]),
        [
          [undefined, ["code", "message"], "AUTHORIZATION_ERROR"],
          [undefined, ["code", "message"], "VALIDATION_ERROR"],
          [undefined, ["code", "message"], "SERVER"],
        ],
      );
      assert.equal(
        replies[0].error.message,
        "GET /api/v1/prospect-searches → 403 AUTHORIZATION_ERROR: Not for this key",
      );
      assert.doesNotMatch(JSON.stringify(replies), /_scope|details|rawBody|attempts|resolution/);

      const options = await chromium.open(`chrome-extension://${id}/options.html`);
      mock.fail(fault);
      const { error } = await options.evaluate(() => chrome.runtime.sendMessage({ action: "validate" }));
      assert.deepEqual(
        [Object.keys(error).sort(), error.code],
        [["code", "message", "resolution"], "AUTHORIZATION_ERROR"],
      );
      assert.ok(error.resolution.length > 10, error.resolution);
      await options.close();

      mock.fail({ status: 501, echoKey: true }, 404);
      const echoed = JSON.stringify(await send({ action: "searches", limit: 5 }));
      assert.match(echoed, /501 /);
      assert.ok(!echoed.includes(KEY));
      assert.match((await click()).join(), /^GET \/api\/v1\/prospect-searches → 404 /);
      await page.close();
    },
  );

  quietTest("a stopped worker starts again on the next message", async () => {
    const { page, click, send } = await openPage();
    const worker = await chromium.worker(id);
    await worker.evaluate(() => {
      globalThis.isFirst = true;
    });
    await chromium.stop(id);
    assert.deepEqual(await click(), NAMES);
    assert.equal(
      await (await chromium.worker(id)).evaluate(() => globalThis.isFirst),
      undefined,
      "the worker was not stopped",
    );
    assert.match((await send({ action: "validate" })).error.message, /^action: /);
    assert.deepEqual(
      mock.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${KEY}`],
    );
    await page.close();
  });

  quietTest("a worker that is stopped during a call sends nothing later, and the next worker replies", async () => {
    const { page, world, click } = await openPage();
    mock.fail({ status: 429, retryAfter: "1" });
    await world.evaluate(() => {
      globalThis.reply = chrome.runtime.sendMessage({ action: "searches", limit: 5 }).catch(({ message }) => message);
    });
    await until(() => mock.requests.length === 1, "the request");
    await chromium.stop(id);
    assert.match(await world.evaluate(() => globalThis.reply), /channel closed before a response was received/);
    // A retry would have been sent by then.
    await new Promise((resolve) => {
      setTimeout(resolve, 2000);
    });
    assert.equal(mock.requests.length, 1);
    assert.deepEqual(await click(), NAMES);
    assert.equal(mock.requests.length, 2);
    await page.close();
  });

  quietTest("the popup shows the searches", async () => {
    const { page } = await openPage();
    const extension = (await chromium.browser.extensions()).get(id);
    assert.ok(extension);
    await page.triggerExtensionAction(extension);
    const target = await chromium.browser.waitForTarget((one) => one.url() === `chrome-extension://${id}/popup.html`, {
      timeout: 10_000,
    });
    const popup = await target.asPage();
    await popup.waitForSelector("li", { timeout: 10_000 });
    const shown = await popup.evaluate(() => [
      document.querySelector("#status")?.textContent,
      ...[...document.querySelectorAll("li")].map(({ textContent }) => textContent),
    ]);
    assert.deepEqual(shown, ["3 of 3", ...NAMES]);
    const callers = chromium.requests.filter(({ url }) => url.startsWith(server.url)).map(({ type }) => type);
    assert.deepEqual(callers, ["service_worker"]);
    await page.close();
  });
});
