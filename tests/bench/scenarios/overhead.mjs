// The cost of a call compared with bare fetch, in the same process and against the same server.

import { make as makeFetch } from "../clients/fetch.mjs";
import { alternate } from "./blocks.mjs";

const PATH = "/api/v1/orders/1";
const ATONCE = 64;

const inSequence = (get) => async (calls) => {
  for (let done = 0; done < calls; done += 1) await get(PATH);
};

const inWaves = (get) => async (calls) => {
  for (let done = 0; done < calls; done += ATONCE) {
    await Promise.all(Array.from({ length: ATONCE }, () => get(PATH)));
  }
};

const rejected = (get) => async (calls) => {
  for (let done = 0; done < calls; done += 1) {
    let failed = false;
    try {
      await get(PATH);
    } catch {
      failed = true;
    }
    if (!failed) throw new Error("a 404 did not reject");
  }
};

/**
 * @param {{
 *   name: string, title: string, how: string, kind: string, way: (get: any) => (calls: number) => Promise<void>,
 *   goals: { wall: number, cpu?: number }, perBlock: number,
 * }} options
 */
function overhead({ name, title, how, kind, way, goals, perBlock }) {
  return {
    name,
    title,
    how: () => how,
    rounds: 5,
    sizes: {
      full: { warmUp: 3000, perBlock, blocks: 100, limitMs: 90_000 },
      quick: { warmUp: 500, perBlock, blocks: 20, limitMs: 20_000 },
    },
    settings: { retries: 2, baseMs: 1000, capMs: 30_000 },
    server: () => ({ kind }),
    measure: ({ client, url, key, size }) => alternate(way(makeFetch({ url, key }).get), way(client.get), size),
    metrics: [
      { key: "wall", title: "wall time against bare fetch", goal: goals.wall },
      { key: "cpu", title: "CPU time against bare fetch", goal: goals.cpu },
      { key: "us", title: "one call", unit: " µs", digits: 0 },
    ],
    metricsOf: (result) => ({ wall: result.wall, cpu: result.cpu, us: result.otherUs }),
  };
}

export const overheads = [
  overhead({
    name: "sequence",
    title: "small GET in sequence",
    how: "one call after the other",
    kind: "small",
    way: inSequence,
    goals: { wall: 1.05, cpu: 1.05 },
    perBlock: 50,
  }),
  overhead({
    name: "at-once",
    title: `small GET, ${ATONCE} at once`,
    how: `waves of ${ATONCE} calls`,
    kind: "small",
    way: inWaves,
    goals: { wall: 1.05 },
    perBlock: ATONCE,
  }),
  overhead({
    name: "rejected",
    title: "rejected call",
    how: "404 with an envelope, against fetch + json + throw, in sequence",
    kind: "missing",
    way: rejected,
    goals: { wall: 1.1 },
    perBlock: 50,
  }),
];
