// How long Chromium lets a worker live while a call waits in it: as long as a message waits for its reply, and else half a minute.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listen } from "../help.mjs";
import { makeProject } from "../suite/project.mjs";
import { launchUnheard, writeExtension } from "./browser.mjs";

/** Longer than Chromium lets an idle worker live. */
const WAIT_S = 34;
const PAGE = { "page.html": "<!doctype html><title>page</title>" };
/** It makes the call that a message asks for, and replies when it has ended, or at once. */
const worker = (url) => `
import { OpenProspect } from "./openprospect.js";
const client = new OpenProspect({ apiKey: "lnc_test_a", baseUrl: ${JSON.stringify(url)}, timeoutMs: 100_000 });
chrome.runtime.onMessage.addListener(({ path, isPatient }, sender, reply) => {
  const call = client.get(path).then(() => "answered", (error) => error.message);
  if (isPatient) call.then(reply);
  else reply("began");
  return isPatient;
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

test("a call lives as long as the message that asked for it waits", async (t) => {
  const asked = [];
  const ended = [];
  const url = await listen(t, ({ url: path }, response) => {
    asked.push(path);
    const answer = (status, headers) => response.writeHead(status, { "content-type": "application/json", ...headers }).end("{}");
    response.once("close", () => ended.push(`${path} ${response.writableFinished ? "whole" : "cut"}`));
    if (path.startsWith("/slow/")) {
      const timer = setTimeout(answer, WAIT_S * 1000, 200);
      response.once("close", () => clearTimeout(timer));
    } else if (asked.filter((one) => one === path).length > 1) answer(200);
    else answer(429, { "retry-after": String(WAIT_S) });
  });

  // Side by side, each in an extension of its own.
  const said = await Promise.all(["wait", "slow"].flatMap((kind) => [true, false].map(async (isPatient) => {
    const path = `/${kind}/${isPatient ? "awaited" : "alone"}`;
    const id = await browser.installExtension(await writeExtension(project, path.replaceAll("/", "-"), { name: path }, { "worker.js": worker(url), ...PAGE }));
    const page = await browser.newPage();
    await page.goto(`chrome-extension://${id}/page.html`);
    // Retried, since the worker may not have heard of messages yet.
    return [path, await page.evaluate(ask, { path, isPatient })];
  })));
  // A wait is up to 2 s longer than told.
  await new Promise((resolve) => { setTimeout(resolve, 2500); });
  assert.deepEqual(Object.fromEntries(said), { "/wait/awaited": "answered", "/slow/awaited": "answered", "/wait/alone": "began", "/slow/alone": "began" });
  assert.deepEqual(asked.toSorted(), ["/slow/alone", "/slow/awaited", "/wait/alone", "/wait/awaited", "/wait/awaited"]);
  assert.deepEqual(ended.toSorted(), ["/slow/alone cut", "/slow/awaited whole", "/wait/alone whole", "/wait/awaited whole", "/wait/awaited whole"]);
});

async function ask(message) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await chrome.runtime.sendMessage(message);
    } catch (error) {
      if (tries === 100 || !error.message.includes("Receiving end does not exist")) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
}
