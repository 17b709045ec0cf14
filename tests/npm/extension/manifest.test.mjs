// The manifest: the error of an extension without the policy contains the line to add, and adding it suffices.

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

/** @type {Awaited<ReturnType<typeof makeProject>>} */
let project;
/** @type {Awaited<ReturnType<typeof launch>>} */
let chromium;
before(async () => {
  project = await makeProject();
  chromium = await launch();
});
after(async () => {
  await chromium?.close();
  await project?.remove();
});

/**
 * Makes a client in the worker and in a page of an extension.
 *
 * @param {string} name
 * @param {object} manifest
 * @returns {Promise<any[]>} "made" or the error, for each
 */
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
    "no policy": undefined,
    "a policy without the keyword": { extension_pages: "script-src 'self'; object-src 'self'" },
    "default-src only": { extension_pages: "default-src 'self'" },
  };
  for (const [name, content_security_policy] of Object.entries(policies)) {
    test(`${name}: the error contains the line, which suffices`, () =>
      chromium.quietly(async () => {
        const folder = name.replaceAll(" ", "-");
        for (const error of await make(folder, { content_security_policy })) {
          assert.deepEqual(
            [error.name, error.known, error.option, error.cause?.name],
            ["ConfigurationError", true, "WebAssembly", "CompileError"],
          );
          assert.match(error.message, LINE);
          const line = LINE.exec(error.message)?.[0];
          assert.deepEqual(await make(`${folder}-fixed`, JSON.parse(`{${line}}`)), ["made", "made"]);
        }
      }));
  }

  test("the example fails when it is loaded, and its error contains the line", async () => {
    const folder = await copyExample(project, "example");
    const { content_security_policy, ...manifest } = await manifestOf(folder);
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    chromium.problems.length = 0;
    await chromium.install(folder);
    await chromium.problem(LINE);
  });
});

test("the example and the README contain the line of the error", () =>
  chromium.quietly(async () => {
    const [{ message }] = await make("message", { content_security_policy: undefined });
    const line = LINE.exec(message)?.[0].trim() ?? "";
    const { content_security_policy } = await manifestOf(EXAMPLE);
    assert.deepEqual(JSON.parse(`{${line}}`), { content_security_policy });
    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    assert.ok(readme.includes(line), line);
  }));

describe("without host_permissions", () => {
  test("the browser sends a preflight, which the server may reject", async (t) => {
    /** @type {(string | undefined)[]} */
    const methods = [];
    const url = await listen(t, (request, response) => {
      methods.push(request.method);
      response.writeHead(403).end();
    });
    /**
     * @param {string} name
     * @param {object} manifest
     */
    const get = async (name, manifest) => {
      const id = await chromium.install(await writeExtension(project, name, manifest, FILES));
      return (await chromium.worker(id)).evaluate((url) => globalThis.get(url), url);
    };
    assert.equal((await get("unpermitted", { host_permissions: [] })).name, "ConnectionError");
    assert.deepEqual(methods.splice(0), ["OPTIONS"]);
    assert.equal((await get("permitted", { host_permissions: MANIFEST.host_permissions })).status, 403);
    assert.deepEqual(methods, ["GET"]);
  });
});

describe("a content script", () => {
  test("has the policy of its page, and the error says so", async (t) => {
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
