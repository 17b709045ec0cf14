// Mixed load with faults, in Node and in Chromium beside each other. Nothing is lost, nothing is done twice, and nothing grows.
// OPENPROSPECT_SOAK_SECONDS says for how long at least, OPENPROSPECT_SOAK_SEED which load it is.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeFigures } from "../helpers/metrics.mjs";
import { PACKAGE } from "../helpers/setup.mjs";
import { soak } from "./soak.mjs";

const seconds = Number(process.env.OPENPROSPECT_SOAK_SECONDS ?? 12);
const seed = process.env.OPENPROSPECT_SOAK_SEED ?? String(Date.now());
const PROGRESS_MS = 30_000;

describe(`at least ${seconds} s of load, seed ${seed}`, { concurrency: true }, () => {
  for (const [where, name] of [
    ["node", "Node"],
    ["chromium", "Chromium"],
  ]) {
    test(name, async () => {
      let next = PROGRESS_MS;
      const tell = ({ second, calls, heap, objects, problems }) => {
        if (second * 1000 < next) return;
        next = second * 1000 + PROGRESS_MS;
        console.log(
          `${name}: ${Math.round(second)} s, ${calls} calls, heap ${heap}, ${objects} objects, ${problems} problems`,
        );
      };
      const { problems, figures } = await soak(where, { seconds, seed, packageUrl: PACKAGE.href, tell });
      writeFigures(`soak-${where}`, figures);
      console.log(`${name}: ${figures.calls} calls, ${figures.requests_at_server} requests at the server`);
      assert.deepEqual(problems, []);
    });
  }
});
