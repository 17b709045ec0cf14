// A live key in the frames of a web page: a frame without a URL of its own is a web page too.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { canary, listen, PACKAGE } from "../helpers/setup.mjs";
import { chromium, firefox } from "./puppet.mjs";

const LIVE = "lnc_live_c4n4ry0of0frames";
/** @type {(() => Promise<unknown>)[]} */
const cleanups = [];
/** @type {string} */
let origin;
before(async () => {
  canary.learn(LIVE);
  const script = await readFile(new URL("index.js", PACKAGE));
  // For every origin: the origin of a frame may be opaque.
  origin = await listen({ after: (close) => cleanups.push(close) }, (request, response) => {
    const type = request.url.startsWith("/openprospect.js") ? "text/javascript" : "text/html";
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" });
    response.end(type === "text/html" ? '<!doctype html><meta charset="utf-8"><title>frames</title>' : script);
  });
});
after(() => Promise.all(cleanups.map((close) => close())));

/**
 * A script that makes clients with a live key and a test key, and posts the results to the page.
 *
 * @param {string} where
 */
const tries = (where) => `
  const { OpenProspect } = await import("${origin}/openprospect.js");
  const attempt = (apiKey) => {
    try {
      new OpenProspect({ apiKey, baseUrl: "https://api.test" });
      return "accepted";
    } catch (error) {
      return error.name + ": " + error.option;
    }
  };
  const outcomes = { live: attempt("${LIVE}"), test: attempt("lnc_test_a") };
  const message = { where: "${where}", ...outcomes, protocol: location.protocol };
  (parent === self ? self : parent).postMessage(message, "*");`;

/**
 * Makes a frame of each kind in the page, and returns their messages.
 *
 * @param {Record<string, string>} documents
 */
const inPage = (documents) => `new Promise((resolve) => {
  const results = {};
  addEventListener("message", ({ data }) => {
    results[data.where] = data;
    if (Object.keys(results).length === ${Object.keys(documents).length}) resolve(results);
  });
  const add = (set) => {
    const frame = document.createElement("iframe");
    set(frame);
    document.body.append(frame);
  };
  const documents = ${JSON.stringify(documents)};
  const blob = () => URL.createObjectURL(new Blob([documents.blob], { type: "text/html" }));
  add((frame) => { frame.srcdoc = documents.srcdoc; });
  add((frame) => { frame.sandbox = "allow-scripts"; frame.srcdoc = documents.sandboxed; });
  add((frame) => { frame.src = blob(); });
  add((frame) => { frame.src = "data:text/html," + encodeURIComponent(documents.data); });
})`;

/** @type {[string, () => ReturnType<typeof chromium>][]} */
const BROWSERS = [
  ["Chromium", chromium],
  ["Firefox", firefox],
];

for (const [name, launch] of BROWSERS) {
  describe(name, () => {
    test("a live key is rejected in every frame of a page, and a test key is accepted", async (t) => {
      const browser = await launch();
      t.after(browser.close);
      const page = await browser.open(`${origin}/`);
      const documents = Object.fromEntries(
        ["srcdoc", "sandboxed", "blob", "data"].map((where) => [
          where,
          `<script type="module">${tries(where)}</script>`,
        ]),
      );
      const results = await page.read(inPage(documents));
      assert.deepEqual(Object.keys(results).sort(), ["blob", "data", "sandboxed", "srcdoc"]);
      assert.deepEqual(
        Object.values(results)
          .map(({ protocol }) => protocol)
          .sort(),
        ["about:", "about:", "blob:", "data:"],
      );
      for (const { where, live, test: tested } of Object.values(results)) {
        assert.deepEqual([where, live, tested], [where, "ConfigurationError: apiKey", "accepted"]);
      }
      await page.close();
    });
  });
}
