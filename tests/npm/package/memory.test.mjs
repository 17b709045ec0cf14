// What stays in memory while a long list is gone through: one page, and nothing of it in wasm.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { PACKAGE } from "../helpers/setup.mjs";

const run = promisify(execFile);

/** In a process of its own, which can be asked to collect its garbage. Pages are known by the arrays in them. */
const PROGRAM = `
  const { createServer } = await import("node:http");
  const { once } = await import("node:events");
  const TOTAL = 100_000;
  const pages = [];
  const parse = JSON.parse;
  JSON.parse = (text) => {
    const value = parse(text);
    if (value?.items) pages.push(new WeakRef(value.items));
    return value;
  };
  let memory;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct: (Class, args) => {
      const instance = new Class(...args);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      return instance;
    },
  });
  const alive = () => (gc(), pages.filter((page) => page.deref() !== undefined).length);
  let fetching = 0;
  const server = createServer((request, response) => {
    if (pages.length % 25 === 24) fetching = Math.max(fetching, alive());
    const query = new URL(request.url, "http://a").searchParams;
    const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset"))];
    const items = Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, index) => ({ id: "c" + (offset + index), text: "x".repeat(500) }));
    response.end(JSON.stringify({ items, total: TOTAL, limit, offset }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { OpenProspect } = await import(${JSON.stringify(new URL("index.js", PACKAGE).href)});
  const client = new OpenProspect({ apiKey: "lnc_test_a", baseUrl: "http://127.0.0.1:" + server.address().port });
  let [count, most, first] = [0, 0, undefined];
  for await (const item of client.companies.all({ limit: 100 })) {
    if (item.id !== "c" + count) throw new Error(item.id + " at " + count);
    count += 1;
    // In the midst of a page, and at its last item.
    if (count % 2_500 === 50 || count % 2_500 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, alive());
      first ??= memory.buffer.byteLength;
    }
  }
  console.log(JSON.stringify({ count, most, fetching, pages: pages.length, grown: memory.buffer.byteLength - first }));
  server.close();
  server.closeAllConnections();
`;

// The server does not say whether more follows: the last page is an empty one.
test("100,000 items, a page at a time", async () => {
  const { stdout } = await run(process.execPath, ["--expose-gc", "--input-type=module", "-e", PROGRAM], {
    timeout: 120_000,
  });
  assert.deepEqual(JSON.parse(stdout), { count: 100_000, most: 1, fetching: 0, pages: 1001, grown: 0 });
});
