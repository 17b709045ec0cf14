// Both sides in figures, and in a sentence each.

import { byId } from "../parts/dom.js";
import { SIDES } from "./recording.js";

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const NAMES = { client: "This client", loop: "The sample loop" };

const ROWS = {
  requests: ({ requests }) => String(requests),
  ratio: ({ requests, succeeded }) => (succeeded === 0 ? "–" : (requests / succeeded).toFixed(2)),
  refused: ({ refused }) => String(refused),
  succeeded: ({ succeeded }) => String(succeeded),
  failed: ({ failed }) => String(failed),
  going: ({ begun, succeeded, failed }) => String(begun - succeeded - failed),
  last: ({ last }) => (last === 0 ? "–" : seconds(last)),
};

export function showFigures(models) {
  for (const side of SIDES) {
    for (const [name, read] of Object.entries(ROWS)) {
      const cell = byId(`${side}-${name}`);
      const text = read(models[side].figures);
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}

export function inWords(models, calls) {
  return SIDES.map((side) => {
    const { requests, succeeded, last, failed } = models[side].figures;
    const bad = failed > 0 ? `, ${failed} failed` : "";
    return `${NAMES[side]}: ${succeeded} of ${calls} succeeded${bad}, with ${requests} requests in ${seconds(last)}.`;
  }).join("\n");
}
