// A live key in the frames of a web page: one without an address of its own is as much a web page as the page itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { canary, listen, PACKAGE } from "../helpers/setup.mjs";
import { chromium, firefox } from "./puppet.mjs";

const LIVE = "lnc_live_c4n4ry0of0frames";
const closing = [];
let origin;
before(async () => {
  canary.learn(LIVE);
  const script = await readFile(new URL("index.js", PACKAGE));
  // Open to every origin: a frame may have none.
  origin = await listen({ after: (close) => closing.push(close) }, (request, response) => {
    const type = request.url.startsWith("/openprospect.js") ? "text/javascript" : "text/html";
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" });
    response.end(type === "text/html" ? '<!doctype html><meta charset="utf-8"><title>frames</title>' : script);
  });
});
after(() => Promise.all(closing.map((close) => close())));

/** Tries a live key and a test key, and tells the page what came of it. */
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
  const message = { where: "${where}", live: attempt("${LIVE}"), test: attempt("lnc_test_a"), protocol: location.protocol };
  (parent === self ? self : parent).postMessage(message, "*");`;

/** Makes a frame of each kind in the page, and gives what they say. */
const inPage = (documents) => `new Promise((resolve) => {
  const told = {};
  addEventListener("message", ({ data }) => {
    told[data.where] = data;
    if (Object.keys(told).length === ${Object.keys(documents).length}) resolve(told);
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

for (const [name, launch] of [
  ["Chromium", chromium],
  ["Firefox", firefox],
]) {
  describe(name, () => {
    test("a live key is refused in every frame of a page, and a test key is not", async (t) => {
      const browser = await launch();
      t.after(browser.close);
      const page = await browser.open(`${origin}/`);
      const documents = Object.fromEntries(
        ["srcdoc", "sandboxed", "blob", "data"].map((where) => [
          where,
          `<script type="module">${tries(where)}</script>`,
        ]),
      );
      const told = await page.read(inPage(documents));
      assert.deepEqual(Object.keys(told).sort(), ["blob", "data", "sandboxed", "srcdoc"]);
      assert.deepEqual(
        Object.values(told)
          .map(({ protocol }) => protocol)
          .sort(),
        ["about:", "about:", "blob:", "data:"],
      );
      for (const { where, live, test: tested } of Object.values(told)) {
        assert.deepEqual([where, live, tested], [where, "ConfigurationError: apiKey", "accepted"]);
      }
      await page.close();
    });
  });
}
