// The cost of an error body of 1 MiB, compared with bare fetch that reads the same body as text.

import { SHAPES } from "../server/bodies.mjs";
import { alternate } from "./blocks.mjs";

const PATH = "/api/v1/orders/1";

async function each(calls, call) {
  for (let done = 0; done < calls; done += 1) await call();
}

const body = (shape) => ({
  name: `body-${shape}`,
  title: `400 with 1 MiB of ${shape}`,
  how: () => "in sequence, against fetch + text",
  rounds: 1,
  sizes: {
    full: { warmUp: 4, perBlock: 2, blocks: 20, limitMs: 300_000 },
    quick: { warmUp: 2, perBlock: 1, blocks: 5, limitMs: 120_000 },
  },
  settings: { retries: 2, baseMs: 1000, capMs: 30_000 },
  server: () => ({ kind: "body", shape }),
  measure: ({ client, url, size }) =>
    alternate(
      (calls) => each(calls, async () => (await fetch(url + PATH)).text()),
      (calls) =>
        each(calls, () =>
          client.get(PATH).then(
            () => {
              throw new Error("a 400 did not reject");
            },
            () => {},
          ),
        ),
      size,
    ),
  metrics: [
    { key: "wall", title: "wall time against bare fetch" },
    { key: "ms", title: "one call", unit: " ms", digits: 1, goal: 100 },
  ],
  metricsOf: ({ wall, otherUs }) => ({ wall, ms: otherUs / 1000 }),
});

export const bodies = Object.keys(SHAPES).map(body);
