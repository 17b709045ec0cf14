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

/** What an example needs around it: a file that it reads, a page that it runs in. */
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
        const mock = mockOpenProspect();
        const server = await mock.serve();
        try {
          const file = join(folder, `example-${index}.mjs`);
          await writeFile(file, code);
          const flags = [];
          for (const [sign, arrange] of AROUND) {
            if (code.includes(sign)) flags.push(...((await arrange(folder, server.url)) ?? []));
          }
          const env = { PATH: process.env.PATH, OPENPROSPECT_API_KEY: TEST_KEYS.full, OPENPROSPECT_BASE_URL: server.url };
          await run(process.execPath, [...flags, file], { cwd: folder, env, timeout: 20_000 });
          const inMemory = code.includes("mock.fetch");
          const isBare = !code.includes("await client");
          assert.equal(mock.requests.length > 0, !inMemory && !isBare, "requests at the server");
        } finally {
          await server.close();
        }
      });
    }
  });
}
