// A worker that nobody listens in to, as users have it: Chromium may end it half a minute after its last event. As long as a
// message waits for its reply it does not, whether the call behind it waits for a timer or for an answer.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listen } from "../helpers/setup.mjs";
import { makeProject } from "../suite/project.mjs";
import { launchUnheard, writeExtension } from "./browser.mjs";

/** Longer than Chromium lets most idle workers live; some live on. */
const WAIT_S = 40;
const PAGE = { "page.html": "<!doctype html><title>page</title>" };
const worker = (url) => `
import { OpenProspect } from "./openprospect.js";
const client = new OpenProspect({ apiKey: "lnc_test_a", baseUrl: ${JSON.stringify(url)}, timeoutMs: 100_000 });
chrome.runtime.onMessage.addListener((path, sender, reply) => {
  client.get(path).then(() => "answered", (error) => error.message).then(reply);
  return true;
});
`;

let project;
let browser;
before(async () => {
  project = await makeProject();
  browser = await launchUnheard();
});
after(async () => {
  await browser?.close();
  await project?.remove();
});

test("a call of 40 s is not cut short while a message waits for it", async (t) => {
  const asked = [];
  const url = await listen(t, ({ url: path }, response) => {
    const isFirst = !asked.includes(path);
    asked.push(path);
    const answer = (status, headers) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end("{}");
    if (path === "/slow") {
      const timer = setTimeout(answer, WAIT_S * 1000, 200);
      response.once("close", () => clearTimeout(timer));
    } else if (isFirst) answer(429, { "retry-after": String(WAIT_S) });
    else answer(200);
  });
  // Side by side, each in an extension of its own.
  const said = await Promise.all(
    ["/slow", "/wait"].map(async (path) => {
      const folder = await writeExtension(
        project,
        path.slice(1),
        { name: path },
        { "worker.js": worker(url), ...PAGE },
      );
      const page = await browser.newPage();
      await page.goto(`chrome-extension://${await browser.installExtension(folder)}/page.html`);
      return page.evaluate(ask, path);
    }),
  );
  assert.deepEqual(said, ["answered", "answered"]);
  assert.deepEqual(asked.toSorted(), ["/slow", "/wait", "/wait"]);
});

/** Until the worker has heard of messages. */
async function ask(message) {
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
