// Memory growth after many calls.

import { setImmediate as nextTick } from "node:timers/promises";
import { slope } from "../statistics.mjs";

const WAVE = 50;

async function heapAfterGc() {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("Node must run with --expose-gc");
  for (let times = 0; times < 4; times += 1) {
    gc();
    await nextTick();
  }
  return process.memoryUsage().heapUsed;
}

export const heap = {
  name: "heap",
  title: "memory",
  how: ({ calls }) => `${calls} small GETs, ${WAVE} at once; heap after garbage collection`,
  rounds: 2,
  scaled: true,
  sizes: {
    full: { warmUp: 5000, calls: 50_000, readings: 10, limitMs: 120_000 },
    quick: { warmUp: 500, calls: 1000, readings: 2, limitMs: 20_000 },
  },
  settings: { retries: 2, baseMs: 1000, capMs: 30_000 },
  flags: ["--expose-gc"],
  server: () => ({ kind: "small" }),
  async measure({ client, size, wasmBytes }) {
    const run = async (calls) => {
      for (let done = 0; done < calls; done += WAVE) {
        await Promise.all(Array.from({ length: WAVE }, () => client.get("/api/v1/orders/1")));
      }
    };
    await run(size.warmUp);
    const wasmBefore = wasmBytes();
    const points = [[0, await heapAfterGc()]];
    const step = size.calls / size.readings;
    for (let calls = step; calls <= size.calls; calls += step) {
      await run(step);
      points.push([calls, await heapAfterGc()]);
    }
    return { requests: size.warmUp + size.calls, points, wasmBefore, wasmAfter: wasmBytes() };
  },
  metrics: [
    // Less than the size of the smallest object is noise.
    { key: "bytes", title: "heap growth per call", unit: " B", digits: 1, goal: 8 },
    { key: "wasmGrowth", title: "growth of the wasm memory", unit: " kB", digits: 0, goal: 0, oursOnly: true },
    { key: "wasm", title: "wasm memory", unit: " kB", digits: 0, oursOnly: true },
  ],
  metricsOf: ({ points, wasmBefore, wasmAfter }) => ({
    bytes: slope(points),
    wasmGrowth: wasmAfter === null ? null : (wasmAfter - wasmBefore) / 1024,
    wasm: wasmAfter === null ? null : wasmAfter / 1024,
  }),
};
