// Memory and time of `deliveries sync`: `node tests/bench/sync.mjs 1000 100000 1000000`, after `cargo xtask build`.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const COMMAND = fileURLToPath(new URL("../../pkg/bin/openprospect.js", import.meta.url));
const START = Date.UTC(2026, 0, 1);
/** The process prints its peak memory when it exits. */
const PRINT_PEAK = 'process.on("exit", () => process._rawDebug("peak " + process.resourceUsage().maxRSS))';
const PEAK = `--import=data:text/javascript,${encodeURIComponent(PRINT_PEAK)}`;
const counts = process.argv.slice(2).map(Number);
if (counts.length === 0 || !counts.every((count) => Number.isInteger(count) && count > 0)) {
  console.error("Usage: node tests/bench/sync.mjs COUNT...   numbers of companies, such as 1000 100000 1000000");
  process.exit(2);
}

const company = (n) => ({
  id: `company-${n}`,
  name: `Company ${n}`,
  website: `https://firm-${n}.example`,
  city: "Sampleton",
  delivered_at: new Date(START + n * 10).toISOString(),
  prospects: [],
});

let total = 0;
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  const { searchParams: query } = new URL(request.url ?? "", "http://x");
  const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
  const since = Date.parse(query.get("delivered_since") ?? "") || 0;
  const first = Math.max(0, Math.floor((since - START) / 10) + 1);
  const count = Math.max(0, total - first);
  const items = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, n) =>
    company(first + offset + n),
  );
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ items, total: count, limit, offset, has_more: offset + items.length < count }));
});
await once(server.listen(0, "127.0.0.1"), "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

const folder = await mkdtemp(join(tmpdir(), "openprospect-sync-"));
try {
  console.log("| companies | requests | seconds | companies per second | peak memory, MB | file, MB |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (total of counts) {
    requests = 0;
    const env = {
      PATH: process.env.PATH,
      OPENPROSPECT_API_KEY: "lnc_test_bench",
      OPENPROSPECT_BASE_URL: `http://127.0.0.1:${port}`,
    };
    const start = performance.now();
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [PEAK, COMMAND, "deliveries", "sync", "search", "--out", `${total}.ndjson`],
      { cwd: folder, env, maxBuffer: 1e8 },
    );
    const seconds = (performance.now() - start) / 1000;
    const { size } = await stat(join(folder, `${total}.ndjson`));
    const peak = /peak (\d+)/.exec(stderr)?.[1];
    const cells = [
      total.toLocaleString("en"),
      requests.toLocaleString("en"),
      seconds.toFixed(1),
      Math.round(total / seconds).toLocaleString("en"),
      (Number(peak) / 1024).toFixed(1),
      (size / 1e6).toFixed(1),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
} finally {
  await rm(folder, { recursive: true });
  server.close();
}
