// Runs the trials. Two run in parallel where clients mostly wait; where time is measured, one runs alone.

import { titleOf } from "./clients/index.mjs";
import { duration, timeLeft } from "./progress.mjs";
import { trial } from "./trial.mjs";

const PARALLEL = 2;

export const lanesOf = (scenario) => (scenario.waits ? PARALLEL : 1);

/** Adds the results to the collection and returns the failures. */
export async function runGroups(groups, scale, collection) {
  const open = groups.flatMap(({ trials }) => trials);
  const done = [];
  const failures = [];

  const one = async ({ scenario, name, round }, rounds) => {
    const start = performance.now();
    const outcome = await attempted(scenario, name, scale);
    const ms = performance.now() - start;
    done.push({ scenario, ms });
    const where = `${scenario.name.padEnd(14)}${titleOf(name).padEnd(20)}`;
    if (outcome.failure === undefined) {
      collection.add(scenario.name, name, outcome);
    } else {
      collection.fail(scenario.name, name, outcome.failure);
      failures.push(`${scenario.name}, ${name}, round ${round + 1}: ${outcome.failure}`);
    }
    const left = duration(timeLeft(done, open, lanesOf));
    const end = outcome.failure === undefined ? outcome.notes.join("; ") : `failed: ${outcome.failure.split("\n")[0]}`;
    process.stderr.write(
      `bench   ${where}round ${round + 1} of ${rounds}${duration(ms).padStart(8)}   ${left} left   ${end}`.trimEnd() +
        "\n",
    );
  };

  for (const { scenario, rounds, trials } of groups) {
    const waiting = [...trials];
    const lane = async () => {
      while (waiting.length > 0) {
        const next = waiting.shift();
        open.splice(open.indexOf(next), 1);
        await one(next, rounds);
      }
    };
    await Promise.all(Array.from({ length: lanesOf(scenario) }, lane));
  }
  return failures;
}

/** @returns {Promise<{ failure: string } | { failure?: undefined, metrics: Record<string, any>, notes: string[] }>} */
async function attempted(scenario, name, scale) {
  try {
    const { mismatch, ...result } = await trial(scenario, name, scale);
    return mismatch ? { failure: `the counts differ: ${mismatch}` } : result;
  } catch (error) {
    return { failure: error.message };
  }
}
