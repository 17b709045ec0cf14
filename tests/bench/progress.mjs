// One line a trial on stderr, with what is left.

import { median } from "./statistics.mjs";

/** Milliseconds: what a trial of the scenario took so far, otherwise what a trial took so far at all. */
export function timeLeft(done, open, lanesOf) {
  if (done.length === 0) return null;
  const all = median(done.map(({ ms }) => ms));
  const of = new Map();
  for (const { scenario, ms } of done) of.set(scenario, [...(of.get(scenario) ?? []), ms]);
  return open.reduce(
    (sum, { scenario }) => sum + (of.has(scenario) ? median(of.get(scenario)) : all) / lanesOf(scenario),
    0,
  );
}

export function duration(ms) {
  if (ms === null) return "unknown";
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
