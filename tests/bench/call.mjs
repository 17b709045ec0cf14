// The overhead of a call: CPU time and crossings between JavaScript and WebAssembly with an in-memory `fetch`, and the
// time from process start to the first response.
//
// Usage: node tests/bench/call.mjs PACKAGE [OTHER …]
// The arguments are folders of built packages, measured alternately in one run, as ratios to the first.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ROUNDS = 40;
const CALLS = 500;
const STARTS = 20;
const BODY = '{"items":[{"id":"a"}],"total":1,"limit":50,"offset":0,"has_more":false}';
const KEY = "lnc_test_bench";

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const fetch = async () => new Response(BODY, { headers: { "content-type": "application/json" } });
/** The values, each with its ratio to the first. */
const withRatios = (values, unit) =>
  values.map((value) => `${value.toFixed(1)} ${unit} (${(value / values[0]).toFixed(2)})`).join("  ");
const folders = process.argv.slice(2).map((folder) => resolve(folder));

/** Counts the calls of imported functions by instances of the module. */
const crossings = { count: 0 };
let isCounting = false;
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, [module, imports = {}]) {
    return new Instance(module, isCounting ? counted(imports) : imports);
  },
});

function counted(imports) {
  const own = {};
  for (const [from, members] of Object.entries(imports)) {
    own[from] = {};
    for (const [name, member] of Object.entries(members)) {
      own[from][name] =
        typeof member !== "function"
          ? member
          : (...args) => {
              crossings.count += 1;
              return member(...args);
            };
    }
  }
  return own;
}

async function load(folder, query) {
  const { OpenProspect } = await import(`${pathToFileURL(`${folder}/index.js`)}?${query}`);
  return new OpenProspect({ apiKey: KEY, fetch });
}

const CASES = {
  "a call": (client) => client.get("/api/v1/orders"),
  "orders.list": (client) => client.orders.list(),
  "64 at once": (client) => Promise.all(Array.from({ length: 64 }, () => client.get("/api/v1/orders"))),
};

/** @type {Awaited<ReturnType<typeof load>>[]} */
const clients = [];
for (const folder of folders) clients.push(await load(folder, "timed"));
for (const [name, run] of Object.entries(CASES)) {
  const calls = name === "64 at once" ? 64 : 1;
  const repeats = Math.ceil(CALLS / calls);
  const times = folders.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, client] of clients.entries()) {
      const { user, system } = process.cpuUsage();
      for (let call = 0; call < repeats; call += 1) await run(client);
      const after = process.cpuUsage();
      times[index].push((after.user + after.system - user - system) / (repeats * calls));
    }
  }
  const medians = times.map(median);
  console.log(`${name}: ${withRatios(medians, "µs")}`);
}

isCounting = true;
for (const folder of folders) {
  const client = await load(folder, "counted");
  await client.get("/api/v1/orders");
  crossings.count = 0;
  for (let call = 0; call < 100; call += 1) await client.get("/api/v1/orders");
  console.log(`crossings of a call: ${crossings.count / 100}  ${folder}`);
}

const PROGRAM = `
  const start = process.hrtime.bigint();
  const { OpenProspect } = await import(process.argv[1]);
  const client = new OpenProspect({ apiKey: "${KEY}", fetch: async () => new Response('{"total":1}') });
  await client.get("/api/v1/orders");
  console.log(Number(process.hrtime.bigint() - start) / 1e6);
`;
const starts = folders.map(() => /** @type {number[]} */ ([]));
for (let round = 0; round < STARTS; round += 1) {
  for (const [index, folder] of folders.entries()) {
    const { stdout } = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", PROGRAM, `${pathToFileURL(`${folder}/index.js`)}`],
      { encoding: "utf8" },
    );
    starts[index].push(Number(stdout));
  }
}
console.log(`import and first request: ${withRatios(starts.map(median), "ms")}`);
