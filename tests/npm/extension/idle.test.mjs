// A worker without a debugger, as users have it. Chromium may stop it half a minute after its last event, but not while
// a message waits for its reply, whether the call waits for a timer or for a response.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { makeProject } from "../suite/project.mjs";
import { launchWithoutDebugger, writeExtension } from "./browser.mjs";

/** Longer than the time after which Chromium stops most idle workers. */
const WAIT_S = 40;
const PAGE = { "page.html": "<!doctype html><title>page</title>" };
/** @param {string} url of the API */
const worker = (url) => `
import { OpenProspect } from "./openprospect.js";
const client = new OpenProspect({ apiKey: "lnc_test_a", baseUrl: ${JSON.stringify(url)}, timeoutMs: 100_000 });
chrome.runtime.onMessage.addListener((path, sender, reply) => {
  client.get(path).then(() => "answered", (error) => error.message).then(reply);
  return true;
});
`;

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {import("puppeteer-core").Browser} */
let browser;
before(async () => {
  project = await makeProject();
  browser = await launchWithoutDebugger();
});
after(async () => {
  await browser?.close();
  await project?.remove();
});

test("Chromium does not stop a worker during a call of 40 s for a message", async (t) => {
  /** @type {(string | undefined)[]} */
  const paths = [];
  const url = await listen(t, ({ url: path }, response) => {
    const isFirst = !paths.includes(path);
    paths.push(path);
    /**
     * @param {number} status
     * @param {import("node:http").OutgoingHttpHeaders} [headers]
     */
    const respond = (status, headers) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end("{}");
    if (path === "/slow") {
      const timer = setTimeout(respond, WAIT_S * 1000, 200);
      response.once("close", () => clearTimeout(timer));
    } else if (isFirst) respond(429, { "retry-after": String(WAIT_S) });
    else respond(200);
  });
  // Concurrently, each in an extension of its own.
  const replies = await Promise.all(
    ["/slow", "/wait"].map(async (path) => {
      const folder = await writeExtension(
        project,
        path.slice(1),
        { name: path },
        { "worker.js": worker(url), ...PAGE },
      );
      const page = await browser.newPage();
      await page.goto(`chrome-extension://${await browser.installExtension(folder)}/page.html`);
      return page.evaluate(send, path);
    }),
  );
  assert.deepEqual(replies, ["answered", "answered"]);
  assert.deepEqual(paths.toSorted(), ["/slow", "/wait", "/wait"]);
});

/**
 * Retries until the worker has registered its listener.
 *
 * @param {string} message
 */
async function send(message) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await chrome.runtime.sendMessage(message);
    } catch (error) {
      if (tries === 100 || !error.message.includes("Receiving end does not exist")) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}
