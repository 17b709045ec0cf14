// What the manifest needs: the error of an extension without it names the line to add, and that line is enough.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { listen } from "../helpers/setup.mjs";
import { makeProject } from "../suite/project.mjs";
import { copyExample, EXAMPLE, launch, manifestOf, MANIFEST, writeExtension } from "./browser.mjs";

const MAKE = `
import { isOpenProspectError, OpenProspect } from "./openprospect.js";
globalThis.make = () => {
  try {
    new OpenProspect({ apiKey: "lnc_test_made_up" });
    return "made";
  } catch (error) {
    return { ...error.toJSON(), known: isOpenProspectError(error, "configuration") };
  }
};
globalThis.get = async (baseUrl) => {
  const client = new OpenProspect({ apiKey: "lnc_test_made_up", baseUrl, maxRetries: 0 });
  return client.get("/api/v1/orders").catch((error) => error.toJSON());
};
`;
const FILES = {
  "worker.js": MAKE,
  "page.js": MAKE,
  "page.html": '<!doctype html><script type="module" src="page.js"></script>',
};
const LINE = /"content_security_policy": \{.*?\} (?=in the manifest)/;

let project;
let chromium;
before(async () => {
  project = await makeProject();
  chromium = await launch();
});
after(async () => {
  await chromium?.close();
  await project?.remove();
});

/** What comes of making a client in the worker and in a page of an extension. */
async function make(name, manifest) {
  const id = await chromium.install(await writeExtension(project, name, manifest, FILES));
  const page = await chromium.open(`chrome-extension://${id}/page.html`);
  await page.waitForFunction("globalThis.make");
  const worker = await chromium.worker(id);
  const made = [];
  for (const context of [worker, page]) made.push(await context.evaluate(() => globalThis.make()));
  await page.close();
  return made;
}

describe("without 'wasm-unsafe-eval' in the manifest", () => {
  const policies = {
    "no policy at all": undefined,
    "a policy without the word": { extension_pages: "script-src 'self'; object-src 'self'" },
    "default-src alone": { extension_pages: "default-src 'self'" },
  };
  for (const [name, content_security_policy] of Object.entries(policies)) {
    test(`${name}: the error names the line, which is enough`, () =>
      chromium.quietly(async () => {
        const folder = name.replaceAll(" ", "-");
        for (const error of await make(folder, { content_security_policy })) {
          assert.deepEqual(
            [error.name, error.known, error.option, error.cause?.name],
            ["ConfigurationError", true, "WebAssembly", "CompileError"],
          );
          assert.match(error.message, LINE);
          const [line] = LINE.exec(error.message);
          assert.deepEqual(await make(`${folder}-mended`, JSON.parse(`{${line}}`)), ["made", "made"]);
        }
      }));
  }

  test("the example fails when it is loaded, and its error names the line", async () => {
    const folder = await copyExample(project, "example");
    const { content_security_policy, ...manifest } = await manifestOf(folder);
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    chromium.said.length = 0;
    await chromium.install(folder);
    await chromium.complaint(LINE);
  });
});

test("the example and the README have the line of the error", () =>
  chromium.quietly(async () => {
    const [{ message }] = await make("told", { content_security_policy: undefined });
    const line = LINE.exec(message)[0].trim();
    const { content_security_policy } = await manifestOf(EXAMPLE);
    assert.deepEqual(JSON.parse(`{${line}}`), { content_security_policy });
    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    assert.ok(readme.includes(line), line);
  }));

describe("without host_permissions", () => {
  test("the server is asked first, and may refuse", async (t) => {
    const methods = [];
    const url = await listen(t, (request, response) => {
      methods.push(request.method);
      response.writeHead(403).end();
    });
    const ask = async (name, manifest) =>
      (await chromium.worker(await chromium.install(await writeExtension(project, name, manifest, FILES)))).evaluate(
        (url) => globalThis.get(url),
        url,
      );
    assert.equal((await ask("unpermitted", { host_permissions: [] })).name, "ConnectionError");
    assert.deepEqual(methods.splice(0), ["OPTIONS"]);
    assert.equal((await ask("permitted", { host_permissions: MANIFEST.host_permissions })).status, 403);
    assert.deepEqual(methods, ["GET"]);
  });
});

describe("a content script", () => {
  test("is under the policy of its page, and the error says so", async (t) => {
    const site = await listen(t, (request, response) => {
      const headers = request.url === "/strict" ? { "content-security-policy": "default-src 'none'" } : {};
      response.writeHead(200, { "content-type": "text/html", ...headers }).end("<!doctype html><title>page</title>");
    });
    const folder = await writeExtension(
      project,
      "content",
      { content_scripts: [{ matches: [`${site}/*`], js: ["content.js"] }] },
      FILES,
    );
    await build({
      entryPoints: [join(folder, "worker.js")],
      outfile: join(folder, "content.js"),
      bundle: true,
      format: "iife",
      logLevel: "silent",
    });
    await chromium.install(folder);
    const made = [];
    for (const path of ["/strict", "/free"]) {
      const page = await chromium.open(site + path);
      made.push(await page.extensionRealms()[0].evaluate(() => globalThis.make()));
      await page.close();
    }
    assert.match(made[0].message, /content scripts are under the policy of their page/);
    assert.equal(made[1], "made");
  });
});
