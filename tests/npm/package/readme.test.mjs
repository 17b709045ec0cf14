// The examples of both READMEs run as they stand, each in a process of its own, against the mock.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mockOpenProspect, TEST_KEYS } from "../../../pkg/testing/node.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);

/** A page behind the proxy: as a stranger, signed in, and hostile. The key of the environment is the server's. */
const VISIT = `
  import { OpenProspect } from "openprospect";
  export async function visit(fetch, origin = "https://app.example") {
    const as = (cookie) => (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, cookie } });
    const client = (cookie) => new OpenProspect({ apiKey: "lnc_test_of_the_page", baseUrl: origin + "/openprospect", fetch: as(cookie), maxRetries: 0 });
    const stranger = await client("session=0").orders.list().catch(({ code }) => code);
    const { name } = await client("session=4f1c").blacklists.create({ name: "n" });
    const statuses = [];
    for (const path of ["/openprospect.attacker.example/x", "/openprospect:8443/api/v1/orders", "/openprospectX/api/v1/orders", "/api/v1/orders", "/openprospect/api/..%2fadmin"]) {
      statuses.push((await as("session=4f1c")(origin + path)).status);
    }
    const said = [stranger, name, ...statuses].join();
    if (said !== "UNAUTHORIZED,n,404,404,404,404,404") throw new Error(said);
  }`;

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
      // Node has no IndexedDB.
      await writeFile(join(folder, "key.js"), "export const readKey = async () => globalThis.apiKey;\n");
      // A content script that asks at once, for what it may and for what it may not, and looks at what it hears.
      const extension = `
        globalThis.apiKey = "${TEST_KEYS.read}";
        const ask = (listener, message, isWanted) => new Promise((resolve, reject) => {
          const told = listener(message, { origin: "https://crm.example" }, (reply) => (isWanted(reply) ? resolve() : reject(new Error(JSON.stringify(reply)))));
          if (told !== true) reject(new Error("no reply to come"));
        });
        const isShort = ({ value, error }) => value === undefined && Object.keys(error).join() === "message,code";
        const addListener = async (listener) => {
          await ask(listener, { action: "searches", limit: 1 }, ({ value }) => value?.names.length === 1);
          await ask(listener, { action: "validate" }, (reply) => isShort(reply) && reply.error.message.startsWith("action: "));
          // One that lacks the scope.
          globalThis.apiKey = "${TEST_KEYS.none}";
          await ask(listener, { action: "searches", limit: 1 }, (reply) => isShort(reply) && reply.error.code === "AUTHORIZATION_ERROR");
        };
        globalThis.location = { origin: "chrome-extension://made-up" };
        globalThis.chrome = { runtime: { onMessage: { addListener } } };`;
      await writeFile(join(folder, "extension.mjs"), extension);
      return ["--import", join(folder, "extension.mjs")];
    },
  ],
  [
    "openprospect/proxy",
    async (folder, url, file) => {
      await writeFile(join(folder, "visit.mjs"), VISIT);
      // Whatever port an example names, and until its visitor has left.
      const server = `
        import { Server } from "node:http";
        import { visit } from "./visit.mjs";
        const { listen } = Server.prototype;
        Server.prototype.listen = function () {
          return listen.call(this, 0, "127.0.0.1", async () => {
            await visit(fetch, "http://127.0.0.1:" + this.address().port);
            this.close().closeAllConnections();
          });
        };`;
      const worker = `
        import { visit } from "./visit.mjs";
        const { default: worker } = await import(${JSON.stringify(file)});
        const env = { OPENPROSPECT_API_KEY: "${TEST_KEYS.full}", SESSIONS: { get: async (id) => (id === "4f1c" ? "{}" : null) } };
        await visit(async (...request) => worker.fetch(new Request(...request), env));`;
      const isWorker = (await readFile(file, "utf8")).includes("export default");
      await writeFile(join(folder, "proxied.mjs"), isWorker ? worker : server);
      return ["--import", join(folder, "proxied.mjs")];
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
      // As an example may name it.
      await symlink(join(ROOT, "node_modules/undici"), join(folder, "node_modules", "undici"));
    });

    after(() => rm(folder, { recursive: true }));

    test("has examples", () => assert.ok(examples.length > 0));

    for (const [index, code] of examples.entries()) {
      test(
        code.split("\n").find((line) => line.startsWith("const") || line.startsWith("test")) ?? `example ${index}`,
        async () => {
          // What takes hours takes moments here.
          const hurried = code.includes(".wait(")
            ? { durations: { PENDING: 0, RUNNING: 0, RECEIVED: 0, ACCEPTED: 0, IN_PROGRESS: 0 } }
            : {};
          const mock = mockOpenProspect(hurried);
          const server = await mock.serve();
          try {
            const file = join(folder, `example-${index}.mjs`);
            await writeFile(file, code);
            const flags = [];
            for (const [sign, arrange] of AROUND) {
              if (code.includes(sign)) flags.push(...((await arrange(folder, server.url, file)) ?? []));
            }
            const env = {
              PATH: process.env.PATH,
              OPENPROSPECT_API_KEY: TEST_KEYS.full,
              OPENPROSPECT_BASE_URL: server.url,
            };
            await run(process.execPath, [...flags, file], { cwd: folder, env, timeout: 20_000 });
            const inMemory = code.includes("mock.fetch");
            const isBare = !/\bclient\.\w|createProxy/.test(code);
            assert.equal(mock.requests.length > 0, !inMemory && !isBare, "requests at the server");
          } finally {
            await server.close();
          }
        },
      );
    }
  });
}

describe("each way in the README to mount the proxy", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const [, table] = /\| where \| how to mount the proxy \|\n\| --- \| --- \|\n(.*?)\n\n/s.exec(readme);
  const { createProxy, toNodeHandler } = await import("../../../pkg/proxy/index.js");

  /** What a line of source hands over, given what stands around it. */
  function mounted(line, proxy) {
    const [, exported] = /^export \{ (.*) \};$/.exec(line) ?? [];
    if (exported)
      return exported
        .split(", ")
        .map((part) => ({ handler: { proxy }[part.split(" as ")[0]], method: part.split(" as ")[1] }));
    const handlers = [];
    const app = {
      all: (path, handler) => handlers.push((request) => handler({ req: { raw: request } })),
      use: (path, handler) => handlers.push({ path, handler }),
    };
    const around = {
      proxy,
      toNodeHandler,
      app,
      Deno: { serve: (handler) => handlers.push(handler) },
      Bun: { serve: ({ fetch }) => handlers.push(fetch) },
    };
    new Function(...Object.keys(around), line)(...Object.values(around));
    return handlers.map((handler) => ({ handler, method: "GET" }));
  }

  for (const [, where, line] of table.matchAll(/^\| (.*?) \| `(.*)` \|$/gm)) {
    test(where, async () => {
      const sent = [];
      const proxy = createProxy({
        apiKey: TEST_KEYS.full,
        authorize: () => true,
        fetch: async (url, { method }) => {
          sent.push([method, url]);
          return new Response(null);
        },
      });
      const handlers = mounted(line, proxy);
      assert.ok(handlers.length > 0);
      for (const { handler, method } of handlers) {
        if (typeof handler === "function")
          assert.equal(
            (await handler(new Request("https://app.example/openprospect/api/v1/orders", { method }))).status,
            200,
          );
        else await throughExpress(handler);
      }
      assert.deepEqual(
        sent,
        handlers.map(({ method }) => [method, "https://api.openprospect.io/api/v1/orders"]),
      );
    });
  }

  test("none is missing", () => assert.equal([...table.matchAll(/^\|/gm)].length, 5));

  /** As Express calls what is mounted at a path: without the path in `url`. */
  async function throughExpress({ path, handler }) {
    const server = createServer((request, response) => {
      request.originalUrl = request.url;
      request.url = request.url.slice(path.length);
      handler(request, response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      assert.equal((await fetch(`http://127.0.0.1:${server.address().port}/openprospect/api/v1/orders`)).status, 200);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
});

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
    const [, lines] = /```json\n("host_permissions".*?),\n```/s.exec(readme);
    for (const [name, value] of Object.entries(JSON.parse(`{${lines}}`))) assert.deepEqual(manifest[name], value, name);
  });
});
