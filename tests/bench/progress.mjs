// The progress on stderr: one line for each trial, with the estimated time left.

import { median } from "./statistics.mjs";

/** Estimated time left in ms, from past trials of the same scenario, or of all scenarios if there are none. */
export function timeLeft(done, open, lanesOf) {
  if (done.length === 0) return null;
  const all = median(done.map(({ ms }) => ms));
  const times = new Map();
  for (const { scenario, ms } of done) times.set(scenario, [...(times.get(scenario) ?? []), ms]);
  return open.reduce(
    (sum, { scenario }) => sum + (times.has(scenario) ? median(times.get(scenario)) : all) / lanesOf(scenario),
    0,
  );
}

/** @param {number | null} ms */
export function duration(ms) {
  if (ms === null) return "unknown";
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
