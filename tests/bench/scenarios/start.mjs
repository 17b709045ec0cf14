// A fresh Node process that imports a client and makes one request, compared with one that only uses fetch.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../statistics.mjs";

const SCRIPT = fileURLToPath(new URL("../first-request.mjs", import.meta.url));
const TIMEOUT_MS = 10_000;

async function fresh(name, url, key) {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, name, url, key], { timeout: TIMEOUT_MS });
  return JSON.parse(stdout);
}

export const start = {
  name: "start",
  title: "import and first request",
  how: ({ pairs }) =>
    `in a fresh Node process, from its start, against bare fetch; ${pairs} alternating pairs per round`,
  rounds: 5,
  sizes: { full: { pairs: 20, limitMs: 90_000 }, quick: { pairs: 4, limitMs: 20_000 } },
  settings: {},
  server: () => ({ kind: "small" }),
  // Nothing is measured in this process, so it does not load the client.
  alone: true,
  async measure({ name, url, key, size }) {
    /** @type {Record<"wall" | "cpu", number[]>} */
    const ratios = { wall: [], cpu: [] };
    const wall = [];
    for (let pair = 0; pair < size.pairs; pair += 1) {
      const order = pair % 2 === 0 ? ["fetch", name] : [name, "fetch"];
      const first = await fresh(order[0], url, key);
      const second = await fresh(order[1], url, key);
      const [base, other] = pair % 2 === 0 ? [first, second] : [second, first];
      ratios.wall.push(other.wall / base.wall);
      ratios.cpu.push(other.cpu / base.cpu);
      wall.push(other.wall);
    }
    return { requests: 2 * size.pairs, wall: median(ratios.wall), cpu: median(ratios.cpu), ms: median(wall) };
  },
  metrics: [
    { key: "wall", title: "time against bare fetch", goal: 1.15 },
    { key: "cpu", title: "CPU time against bare fetch" },
    { key: "ms", title: "time", unit: " ms", digits: 0 },
  ],
  metricsOf: ({ wall, cpu, ms }) => ({ wall, cpu, ms }),
};
