// The extension that the README shows, from the key in its options to the list in a page of the web.

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
/** A page that keeps what it hears and lets no foreign script in. */
const PAGE = '<!doctype html><meta charset="utf-8"><title>crm</title><script src="/page.js"></script><body>A CRM';
const SCRIPT = "globalThis.heard = []; addEventListener('message', ({ data }) => globalThis.heard.push(data));";

let project;
let chromium;
let mock;
let server;
let site;
const closing = [];
before(async () => {
  mock = mockOpenProspect({ prospectSearches: NAMES.map((name, n) => ({ id: `search-${n}`, name })) });
  server = await mock.serve();
  site = await listen({ after: (close) => closing.push(close) }, (request, response) => {
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
  await Promise.all([server?.close(), ...closing.map((close) => close())]);
  await project?.remove();
});

/** The example with the API on loopback, by the variable that the client reads, and with the page's site in its manifest. */
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

/** Saves a key as a user does, and gives what the options say to it. */
async function saveKey(id, key) {
  const options = await chromium.open(`chrome-extension://${id}/options.html`);
  await options.type("input[name=apiKey]", key);
  await options.click("button");
  await options.waitForFunction("document.querySelector('[role=status]').textContent");
  const told = await options.$eval("[role=status]", ({ textContent }) => textContent);
  const left = await options.$eval("input", ({ value }) => value);
  await options.close();
  return { told, left };
}

/** A page of the web, and the world of the content script in it. */
async function openPage() {
  const page = await chromium.open(`${site}/`);
  const [world] = page.extensionRealms();
  assert.ok(world, "there is no content script");
  const lines = () => page.$$eval("li", (items) => items.map(({ textContent }) => textContent));
  const click = async () => {
    await page.click("button");
    await page.waitForSelector("li");
    return lines();
  };
  /** What a content script is answered that asks for this. */
  const ask = async (message) => {
    const answer = await world.evaluate((message) => chrome.runtime.sendMessage(message), message);
    canary.require("the answer to a content script", answer);
    return answer;
  };
  return { page, world, lines, click, ask };
}

/** All that a page's process holds, its content script's world included. */
async function heap(page) {
  const session = await page.createCDPSession();
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return chunks.join("");
}

test("the example loads as it stands", () =>
  chromium.quietly(async () => {
    const worker = await chromium.worker(await chromium.install(await copyExample(project, "as-it-stands")));
    assert.equal(await worker.evaluate(() => chrome.runtime.onMessage.hasListeners()), true);
  }));

describe("the example", () => {
  let id;
  before(() =>
    chromium.quietly(async () => {
      id = await chromium.install(await localExample());
      await chromium.worker(id);
    }),
  );
  beforeEach(() => {
    mock.requests.length = 0;
    chromium.asked.length = 0;
  });
  const unlessQuiet = (name, run) => test(name, () => chromium.quietly(run));

  unlessQuiet("without a key says what is missing", async () => {
    const { page, click } = await openPage();
    assert.match((await click()).join(), /^apiKey is missing; expected a string/);
    assert.equal(mock.requests.length, 0);
    await page.close();
  });

  unlessQuiet("a key is tried by the worker when it is saved", async () => {
    const { told, left } = await saveKey(id, KEY);
    assert.match(told, /^Saved. It may: orders:read, /);
    assert.equal(left, "");
    assert.deepEqual(
      mock.requests.map(({ path, headers }) => [path, headers.authorization]),
      [["/api/v1/auth/validate", `Bearer ${KEY}`]],
    );
    assert.match((await saveKey(id, TEST_KEYS.expired)).told, /401 .*key/);
    await saveKey(id, KEY);
  });

  unlessQuiet("a content script shows what the worker has got", async () => {
    const { page, click } = await openPage();
    assert.deepEqual(await click(), NAMES);
    assert.equal(await page.title(), "crm");
    assert.deepEqual(
      mock.requests.map(({ query, headers }) => [query.limit, headers.authorization]),
      [["5", `Bearer ${KEY}`]],
    );
    const callers = chromium.asked.filter(({ url }) => url.startsWith(server.url)).map(({ type }) => type);
    assert.deepEqual(callers, ["service_worker"]);
    await page.close();
  });

  unlessQuiet("the key is nowhere in the page", async () => {
    const { page, world, click } = await openPage();
    assert.deepEqual(await click(), NAMES);
    await world.evaluate(async () => {
      globalThis.kept = await chrome.runtime.sendMessage({ action: "searches", limit: 5 });
    });
    const kept = await world.evaluate(async () => [typeof chrome.storage, await indexedDB.databases()]);
    assert.deepEqual(kept, ["undefined", []]);
    assert.deepEqual(await page.evaluate(() => globalThis.heard), []);
    assert.ok(!(await page.content()).includes(KEY));
    // Both worlds share the heap: what came by message is found there, and the key is not.
    const all = await heap(page);
    assert.ok(all.includes(NAMES[0]), "the answer is not in the heap");
    assert.ok(!all.includes(KEY.slice("lnc_test_".length)), "the key is in the heap");
    await page.close();
  });

  unlessQuiet("a content script gets nothing but what it may ask for", async () => {
    const { page, ask } = await openPage();
    const refused = [
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
    for (const message of refused) {
      const { value, error } = await ask(message);
      assert.deepEqual([value, Object.keys(error)], [undefined, ["message"]], JSON.stringify(message));
      assert.match(error.message, /^(?:limit|action): |Cannot (?:destructure|read)/, JSON.stringify(message));
    }
    assert.equal(mock.requests.length, 0);
    const { value } = await ask({ action: "searches", limit: 1, path: "/api/v1/orders", apiKey: "x", baseUrl: site });
    assert.deepEqual(value, { names: NAMES.slice(0, 1), total: 3 });
    assert.deepEqual(
      mock.requests.map(({ path, headers }) => [path, headers.authorization]),
      [["/api/v1/prospect-searches", `Bearer ${KEY}`]],
    );
    await page.close();
  });

  unlessQuiet("a click by the page's own script is nobody's", async () => {
    const { page, lines, click } = await openPage();
    await page.evaluate(() => document.querySelector("button").click());
    await click();
    assert.deepEqual([mock.requests.length, await lines()], [1, NAMES]);
    await page.close();
  });

  unlessQuiet(
    "a content script gets message and code of an error, and the extension's own pages the resolution too",
    async () => {
      const { page, ask, click } = await openPage();
      const details = { required_scopes: ["a_scope:read"], user_scopes: ["another_scope:write"], internal: "host-17" };
      const fault = { status: 403, code: "AUTHORIZATION_ERROR", message: "Not for this key", details };
      mock.fail(
        fault,
        { status: 422, code: "VALIDATION_ERROR", message: "Wrong", details: { field: "limit", message: "host-17" } },
        { status: 501, body: "host-17" },
      );
      const answers = [];
      for (let asked = 0; asked < 3; asked += 1) answers.push(await ask({ action: "searches", limit: 5 }));
      assert.deepEqual(
        answers.map(({ value, error }) => [value, Object.keys(error).sort(), error.code]),
        [
          [undefined, ["code", "message"], "AUTHORIZATION_ERROR"],
          [undefined, ["code", "message"], "VALIDATION_ERROR"],
          [undefined, ["code", "message"], "SERVER"],
        ],
      );
      assert.equal(
        answers[0].error.message,
        "GET /api/v1/prospect-searches → 403 AUTHORIZATION_ERROR: Not for this key",
      );
      assert.doesNotMatch(JSON.stringify(answers), /_scope|details|rawBody|attempts|resolution/);

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
      const echoed = JSON.stringify(await ask({ action: "searches", limit: 5 }));
      assert.match(echoed, /501 /);
      assert.ok(!echoed.includes(KEY));
      assert.match((await click()).join(), /^GET \/api\/v1\/prospect-searches → 404 /);
      await page.close();
    },
  );

  unlessQuiet("a stopped worker starts again when it is asked", async () => {
    const { page, click, ask } = await openPage();
    const worker = await chromium.worker(id);
    await worker.evaluate(() => {
      globalThis.isTheFirst = true;
    });
    await chromium.stop(id);
    assert.deepEqual(await click(), NAMES);
    assert.equal(
      await (await chromium.worker(id)).evaluate(() => globalThis.isTheFirst),
      undefined,
      "it was not stopped",
    );
    assert.match((await ask({ action: "validate" })).error.message, /^action: /);
    assert.deepEqual(
      mock.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${KEY}`],
    );
    await page.close();
  });

  unlessQuiet(
    "a worker that is stopped while a call waits leaves nothing behind, and the next one answers",
    async () => {
      const { page, world, click } = await openPage();
      mock.fail({ status: 429, retryAfter: "1" });
      await world.evaluate(() => {
        globalThis.asked = chrome.runtime.sendMessage({ action: "searches", limit: 5 }).catch(({ message }) => message);
      });
      await until(() => mock.requests.length === 1, "the request");
      await chromium.stop(id);
      assert.match(await world.evaluate(() => globalThis.asked), /channel closed before a response was received/);
      // The call would have sent again by then.
      await new Promise((resolve) => {
        setTimeout(resolve, 2000);
      });
      assert.equal(mock.requests.length, 1);
      assert.deepEqual(await click(), NAMES);
      assert.equal(mock.requests.length, 2);
      await page.close();
    },
  );

  unlessQuiet("the popup shows the searches", async () => {
    const { page } = await openPage();
    const extension = (await chromium.browser.extensions()).get(id);
    await page.triggerExtensionAction(extension);
    const target = await chromium.browser.waitForTarget((one) => one.url() === `chrome-extension://${id}/popup.html`, {
      timeout: 10_000,
    });
    const popup = await target.asPage();
    await popup.waitForSelector("li", { timeout: 10_000 });
    const shown = await popup.evaluate(() => [
      document.querySelector("#told").textContent,
      ...[...document.querySelectorAll("li")].map(({ textContent }) => textContent),
    ]);
    assert.deepEqual(shown, ["3 of 3", ...NAMES]);
    const callers = chromium.asked.filter(({ url }) => url.startsWith(server.url)).map(({ type }) => type);
    assert.deepEqual(callers, ["service_worker"]);
    await page.close();
  });
});
