// The examples of both READMEs run as they stand, each in a process of its own, against the mock.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mockOpenProspect, TEST_KEYS } from "../../pkg/testing/node.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** What an example needs around it: a file that it reads, a page or an extension that it runs in, somebody who calls it. */
const AROUND = [
  ["openprospect.key", async (folder) => writeFile(join(folder, "openprospect.key"), `${TEST_KEYS.read}\n`)],
  [
    'baseUrl: "/openprospect"',
    async (folder, url) => {
      const page = `globalThis.document = { baseURI: "${url}/" }; globalThis.location = { protocol: "http:" };`;
      await writeFile(join(folder, "page.mjs"), page);
      return ["--import", join(folder, "page.mjs")];
    },
  ],
  [
    "openprospect/slim",
    async (folder) => {
      // Node fetches no files: this is the server of the page.
      const server = `
        import { readFile } from "node:fs/promises";
        globalThis.fetch = async (url) => new Response(await readFile(new URL("node_modules/openprospect/openprospect.wasm", url)), { headers: { "content-type": "application/wasm" } });`;
      await writeFile(join(folder, "server.mjs"), server);
      return ["--import", join(folder, "server.mjs")];
    },
  ],
  [
    "chrome.runtime.onMessage",
    async (folder) => {
      await symlink(join(ROOT, "pkg/index.js"), join(folder, "openprospect.js"));
      // A content script that asks at once, for what it may and for what it may not, and looks at what it hears.
      const extension = `
        const storage = { local: { get: async () => ({ apiKey: "${TEST_KEYS.read}" }), setAccessLevel: async () => {} } };
        const wanted = (reply, problem) => { if (problem(reply)) throw new Error(JSON.stringify(reply)); };
        const ask = (listener, message, problem) => {
          const told = listener(message, { origin: "https://crm.example" }, (reply) => wanted(reply, problem));
          if (told !== true) throw new Error("no reply to come");
        };
        const addListener = (listener) => {
          ask(listener, { action: "searches", limit: 1 }, ({ value }) => value?.names.length !== 1);
          ask(listener, { action: "validate" }, ({ error }) => error?.name !== "TypeError");
        };
        globalThis.location = { origin: "chrome-extension://made-up" };
        globalThis.chrome = { storage, runtime: { onMessage: { addListener } } };`;
      await writeFile(join(folder, "extension.mjs"), extension);
      return ["--import", join(folder, "extension.mjs")];
    },
  ],
  [
    "export async function proxy",
    async (folder, url, file) => {
      // A page that calls the proxy, once as a stranger and once as somebody.
      const page = `
        import { OpenProspect } from "openprospect";
        const code = (await import("node:fs")).readFileSync(${JSON.stringify(file)}, "utf8").replace("https://api.openprospect.io", "${url}");
        const { proxy } = await import("data:text/javascript," + encodeURIComponent(code));
        const through = (isAllowed) => new OpenProspect({
          apiKey: "lnc_test_of_the_page",
          baseUrl: "https://page.example/openprospect",
          fetch: async (...request) => proxy(new Request(...request), async () => isAllowed),
        });
        const refused = await through(false).orders.list().catch(({ status }) => status);
        const { name } = await through(true).blacklists.create({ name: "n" });
        if (refused !== 401 || name !== "n") throw new Error(refused + name);`;
      await writeFile(join(folder, "calls-proxy.mjs"), page);
      return ["--import", join(folder, "calls-proxy.mjs")];
    },
  ],
];

for (const name of ["README.md", "pkg-template/README.md"]) {
  const text = await readFile(join(ROOT, name), "utf8");
  const examples = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

  describe(name, () => {
    let folder;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "openprospect-readme-"));
      await mkdir(join(folder, "node_modules"));
      await symlink(join(ROOT, "pkg"), join(folder, "node_modules", "openprospect"));
    });

    after(() => rm(folder, { recursive: true }));

    test("has examples", () => assert.ok(examples.length > 0));

    for (const [index, code] of examples.entries()) {
      test(code.split("\n").find((line) => line.startsWith("const") || line.startsWith("test")) ?? `example ${index}`, async () => {
        // What takes hours takes moments here.
        const hurried = code.includes(".wait(") ? { durations: { PENDING: 0, RUNNING: 0, RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 } } : {};
        const mock = mockOpenProspect(hurried);
        const server = await mock.serve();
        try {
          const file = join(folder, `example-${index}.mjs`);
          await writeFile(file, code);
          const flags = [];
          for (const [sign, arrange] of AROUND) {
            if (code.includes(sign)) flags.push(...((await arrange(folder, server.url, file)) ?? []));
          }
          const env = { PATH: process.env.PATH, OPENPROSPECT_API_KEY: TEST_KEYS.full, OPENPROSPECT_BASE_URL: server.url };
          await run(process.execPath, [...flags, file], { cwd: folder, env, timeout: 20_000 });
          const inMemory = code.includes("mock.fetch");
          const isBare = !/\bclient\.\w|export async function/.test(code);
          assert.equal(mock.requests.length > 0, !inMemory && !isBare, "requests at the server");
        } finally {
          await server.close();
        }
      });
    }
  });
}

describe("the extension of the README", async () => {
  const example = (name) => readFile(join(ROOT, "tests/npm/extension/example", name), "utf8");
  const readme = await readFile(join(ROOT, "README.md"), "utf8");

  test("is the one that Chromium loads in the tests", async () => {
    assert.ok(readme.includes(`\`\`\`js\n${await example("worker.js")}\`\`\`\n`), "its worker is another");
    const [, request] = /`(chrome\.runtime\.sendMessage\(.*?\))`/.exec(readme);
    assert.ok((await example("popup.js")).includes(request), request);
  });

  test("has these lines in its manifest", async () => {
    const manifest = JSON.parse(await example("manifest.json"));
    const [, lines] = /```json\n("permissions".*?),\n```/s.exec(readme);
    for (const [name, value] of Object.entries(JSON.parse(`{${lines}}`))) assert.deepEqual(manifest[name], value, name);
  });
});
