// The phases of the server, repeated in random order.

import { chance, shuffled } from "./random.mjs";

/** Minimum and maximum in seconds. */
const PHASES = [
  { name: "calm", from: 2, to: 4 },
  { name: "noisy", from: 2, to: 4 },
  { name: "noisy", from: 2, to: 4 },
  { name: "limited", from: 1, to: 2 },
  { name: "outage", from: 0.5, to: 1.5 },
  { name: "restart", from: 0.2, to: 1 },
];

export function* phases(seed) {
  const random = chance(seed, "phases");
  // The first round has the peak load.
  yield { name: "calm", ms: 5000 };
  for (;;) {
    for (const { name, from, to } of shuffled(PHASES, random))
      yield { name, ms: 1000 * (from + random() * (to - from)) };
  }
}
