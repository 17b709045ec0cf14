// Memory while a client iterates over a long list: one page in JavaScript, and none in the module.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { PACKAGE } from "../helpers/setup.mjs";

const run = promisify(execFile);

/** A separate process, with access to the garbage collector. Pages are tracked by their arrays. */
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
    const item = (index) => ({ id: "c" + (offset + index), text: "x".repeat(500) });
    const items = Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, index) => item(index));
    response.end(JSON.stringify({ items, total: TOTAL, limit, offset }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { OpenProspect } = await import(${JSON.stringify(new URL("index.js", PACKAGE).href)});
  const client = new OpenProspect({ apiKey: "lnc_test_a", baseUrl: "http://127.0.0.1:" + server.address().port });
  let [count, maxAlive, first] = [0, 0, undefined];
  for await (const item of client.companies.all({ limit: 100 })) {
    if (item.id !== "c" + count) throw new Error(item.id + " at " + count);
    count += 1;
    // Within a page, and at its last item.
    if (count % 2_500 === 50 || count % 2_500 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      maxAlive = Math.max(maxAlive, alive());
      first ??= memory.buffer.byteLength;
    }
  }
  const grown = memory.buffer.byteLength - first;
  console.log(JSON.stringify({ count, maxAlive, fetching, pages: pages.length, grown }));
  server.close();
  server.closeAllConnections();
`;

// Without has_more the last page is empty.
test("100,000 items, one page at a time", async () => {
  const { stdout } = await run(process.execPath, ["--expose-gc", "--input-type=module", "-e", PROGRAM], {
    timeout: 120_000,
  });
  assert.deepEqual(JSON.parse(stdout), { count: 100_000, maxAlive: 1, fetching: 0, pages: 1001, grown: 0 });
});
