// The results as Markdown.

import { OURS, titleOf } from "./clients/index.mjs";
import { goalRows } from "./goals.mjs";
import { number, spread, table } from "./table.mjs";

export function report({ scenarios, clients, collection, bundles, scale, rounds, machine, versions }) {
  const loads = () => [
    "## Goals",
    "The best other client is the one with the lowest figure among those that retry and whose calls all succeeded. A figure " +
      "is the median of the rounds, in brackets the smallest and the largest of them. What fetch shows against itself is how " +
      `far a ratio can be trusted.${scale === "quick" ? " Goals that are meant for a whole run are not judged in a quick one." : ""}`,
    goals(scenarios, collection, scale),
    "## All clients",
    ...scenarios.flatMap((scenario) => all(scenario, clients, collection, scale, rounds.get(scenario.name))),
  ];
  return `${[
    "# Benchmark",
    heading({ scale, machine, versions }),
    ...(scenarios.length > 0 ? loads() : []),
    ...(bundles.length > 0 ? ["### bundle size", BUNDLES, sizes(bundles)] : []),
    "## Versions",
    `${versions.others.map(({ name, version }) => `${name} ${version}`).join(", ")}. Those of got, ky, openai, p-retry and ` +
      "undici are the newest that run on Node 20, the oldest Node that this package supports.",
  ].join("\n\n")}\n`;
}

const BUNDLES =
  "What an import of each adds to a program: bundled and minified by esbuild, for a browser if nothing else is said.";

function heading({ scale, machine, versions }) {
  return [
    `Written by \`cargo xtask bench${scale === "quick" ? " --quick" : ""}\` on ${machine.date}: openprospect ${versions.ours},`,
    `Node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${machine.system}. All traffic is on loopback, the server is`,
    "a process of its own, and each figure comes from a fresh process of the client.",
  ].join("\n");
}

function goals(scenarios, collection, scale) {
  let last = null;
  const rows = goalRows(scenarios, collection, scale).map(({ scenario, figure, best, ours, reached }) => {
    const title = scenario === last ? "" : scenario.title;
    last = scenario;
    return [
      title,
      figure.title,
      best ? `${spread(best.summary, figure)}, ${titleOf(best.name)}` : "–",
      ours ? spread(ours, figure) : "–",
      figure.goal === 0 ? "0" : `≤ ${figure.goal}${figure.unit ?? ""}`,
      reached === null ? "–" : reached ? "yes" : "**no**",
    ];
  });
  return table(["measurement", "figure", "best other client", OURS, "to reach", "reached"], rows);
}

function all(scenario, clients, collection, scale, rounds) {
  const measured = clients.filter(({ name }) => collection.names(scenario.name).includes(name));
  const rows = measured.map(({ name }) => [
    titleOf(name),
    ...scenario.figures.map((figure) => {
      const summary = collection.of(scenario.name, name, figure.key);
      return summary ? spread(summary, figure) : "–";
    }),
  ]);
  const remarks = measured.flatMap(({ name }) =>
    collection
      .failures(scenario.name, name)
      .map((reason) => `- ${titleOf(name)}: not measured: ${reason.split("\n")[0]}`),
  );
  return [
    `### ${scenario.title}`,
    `${scenario.how(scenario.sizes[scale])}; ${rounds} round${rounds === 1 ? "" : "s"}.`,
    table(["client", ...scenario.figures.map(({ title }) => title)], rows),
    ...(remarks.length > 0 ? [remarks.join("\n")] : []),
  ];
}

function sizes(bundles) {
  const kb = (bytes) => number(bytes / 1000, 1);
  return table(
    ["client", "minified kB", "gzip kB", "brotli kB", ""],
    bundles.map(({ name, minified, gzip, brotli, note }) => [titleOf(name), kb(minified), kb(gzip), kb(brotli), note]),
  );
}
