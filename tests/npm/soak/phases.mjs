// What the server goes through, over and over, each time in another order.

import { chance, shuffled } from "./random.mjs";

/** Seconds at least and at most. */
const PHASES = [
  { name: "calm", from: 2, to: 4 },
  { name: "noisy", from: 2, to: 4 },
  { name: "noisy", from: 2, to: 4 },
  { name: "limited", from: 1, to: 2 },
  { name: "outage", from: 0.5, to: 1.5 },
  { name: "restart", from: 0.2, to: 1 },
];

export function* phases(seed) {
  const roll = chance(seed, "phases");
  // The first round makes the peak of what is needed at once.
  yield { name: "calm", ms: 5000 };
  for (;;) {
    for (const { name, from, to } of shuffled(PHASES, roll)) yield { name, ms: 1000 * (from + roll() * (to - from)) };
  }
}
