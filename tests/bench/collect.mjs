// Collects the trials of all rounds: for each scenario and client the metrics with their spread.

import { summary } from "./statistics.mjs";

/** @typedef {ReturnType<typeof createCollection>} Collection */

export function createCollection() {
  /** @type {Map<string, { rounds: Record<string, any>[], notes: Map<string, number>, failures: string[] }>} */
  const entries = new Map();
  const entry = (scenario, name) => {
    const key = `${scenario}\n${name}`;
    const known = entries.get(key);
    if (known !== undefined) return known;
    /** @type {{ rounds: Record<string, any>[], notes: Map<string, number>, failures: string[] }} */
    const added = { rounds: [], notes: new Map(), failures: [] };
    entries.set(key, added);
    return added;
  };

  return {
    /**
     * @param {string} scenario
     * @param {string} name
     * @param {{ metrics: Record<string, any>, notes?: string[] }} result
     */
    add(scenario, name, { metrics, notes = [] }) {
      const { rounds, notes: all } = entry(scenario, name);
      rounds.push(metrics);
      for (const note of notes) all.set(note, (all.get(note) ?? 0) + 1);
    },
    fail(scenario, name, reason) {
      entry(scenario, name).failures.push(reason);
    },
    /** The metric's summary, or null if it is missing in a round: a median of the other rounds would be too good. */
    of(scenario, name, key) {
      const rounds = entries.get(`${scenario}\n${name}`)?.rounds ?? [];
      const values = rounds.map((metrics) => metrics[key] ?? null);
      return values.length === 0 || values.includes(null) ? null : summary(values);
    },
    notes: (scenario, name) => [...(entries.get(`${scenario}\n${name}`)?.notes.keys() ?? [])],
    failures: (scenario, name) => entries.get(`${scenario}\n${name}`)?.failures ?? [],
    names: (scenario) =>
      [...entries.keys()].filter((key) => key.startsWith(`${scenario}\n`)).map((key) => key.split("\n")[1]),
  };
}
