// Mixed load with faults, in Node and in Chromium in parallel: no call is lost, no change is applied twice, no memory
// leaks. OPENPROSPECT_SOAK_SECONDS is the minimum duration, OPENPROSPECT_SOAK_SEED the seed of the load.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { PACKAGE } from "../helpers/setup.mjs";
import { soak } from "./soak.mjs";

const seconds = Number(process.env.OPENPROSPECT_SOAK_SECONDS ?? 12);
const seed = process.env.OPENPROSPECT_SOAK_SEED ?? String(Date.now());
const PROGRESS_MS = 30_000;

describe(`at least ${seconds} s of load, seed ${seed}`, { concurrency: true }, () => {
  for (const [where, name] of /** @type {const} */ ([
    ["node", "Node"],
    ["chromium", "Chromium"],
  ])) {
    test(name, async () => {
      let next = PROGRESS_MS;
      const onRound = ({ second, calls, heap, objects, problems }) => {
        if (second * 1000 < next) return;
        next = second * 1000 + PROGRESS_MS;
        console.log(
          `${name}: ${Math.round(second)} s, ${calls} calls, heap ${heap}, ${objects} objects, ${problems} problems`,
        );
      };
      const { problems, metrics } = await soak(where, { seconds, seed, packageUrl: PACKAGE.href, onRound });
      writeFigures(`soak-${where}`, metrics);
      console.log(`${name}: ${metrics.calls} calls, ${metrics.requests_at_server} requests at the server`);
      assert.deepEqual(problems, []);
    });
  }
});
