// The trials of all rounds, put together: for each scenario and client the figures with their spread.

import { summary } from "./statistics.mjs";

export function createCollection() {
  const entries = new Map();
  const entry = (scenario, name) => {
    const key = `${scenario}\n${name}`;
    if (!entries.has(key)) entries.set(key, { rounds: [], notes: new Map(), failures: [] });
    return entries.get(key);
  };

  return {
    add(scenario, name, { figures, notes = [] }) {
      const { rounds, notes: all } = entry(scenario, name);
      rounds.push(figures);
      for (const note of notes) all.set(note, (all.get(note) ?? 0) + 1);
    },
    fail(scenario, name, reason) {
      entry(scenario, name).failures.push(reason);
    },
    /** The figure's summary, or null where a round has none: a median of the lucky rounds would flatter. */
    of(scenario, name, key) {
      const rounds = entries.get(`${scenario}\n${name}`)?.rounds ?? [];
      const values = rounds.map((figures) => figures[key] ?? null);
      return values.length === 0 || values.includes(null) ? null : summary(values);
    },
    notes: (scenario, name) => [...(entries.get(`${scenario}\n${name}`)?.notes.keys() ?? [])],
    failures: (scenario, name) => entries.get(`${scenario}\n${name}`)?.failures ?? [],
    names: (scenario) =>
      [...entries.keys()].filter((key) => key.startsWith(`${scenario}\n`)).map((key) => key.split("\n")[1]),
  };
}
