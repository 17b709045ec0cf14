// The results as Markdown.

import { OURS, titleOf } from "./clients/index.mjs";
import { goalRows } from "./goals.mjs";
import { number, spread, table } from "./table.mjs";

export function report({ scenarios, clients, collection, bundles, scale, rounds, machine, versions }) {
  const loads = () => [
    "## Goals",
    "The best other client is the one with the lowest value among those that retry and whose calls all succeeded. " +
      "A value is the median of the rounds, with the minimum and the maximum in brackets. " +
      "The row of fetch against itself shows the error of a ratio." +
      (scale === "quick" ? " Goals that are meant for a full run are not judged in a quick one." : ""),
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
    `${versions.others.map(({ name, version }) => `${name} ${version}`).join(", ")}. ` +
      "Those of got, ky, openai, p-retry and " +
      "undici are the newest that run on Node 20, the oldest Node that this package supports.",
  ].join("\n\n")}\n`;
}

const BUNDLES =
  "The size that an import of each adds to a program: bundled and minified by esbuild, for browsers unless noted.";

function heading({ scale, machine, versions }) {
  const { date, node, cores, cpu, system } = machine;
  return [
    `Written by \`cargo xtask bench${scale === "quick" ? " --quick" : ""}\` on ${date}: openprospect ${versions.ours},`,
    `Node ${node}, ${cores} cores (${cpu}), ${system}. All traffic is on loopback, the server is`,
    "a separate process, and each value comes from a fresh process of the client.",
  ].join("\n");
}

function goals(scenarios, collection, scale) {
  /** @type {import("./scenarios/index.mjs").Scenario | undefined} */
  let last;
  const rows = goalRows(scenarios, collection, scale).map(({ scenario, metric, best, ours, reached }) => {
    const title = scenario === last ? "" : scenario.title;
    last = scenario;
    return [
      title,
      metric.title,
      best ? `${spread(best.summary, metric)}, ${titleOf(best.name)}` : "–",
      ours ? spread(ours, metric) : "–",
      metric.goal === 0 ? "0" : `≤ ${metric.goal}${metric.unit ?? ""}`,
      reached === null ? "–" : reached ? "yes" : "**no**",
    ];
  });
  return table(["measurement", "metric", "best other client", OURS, "goal", "reached"], rows);
}

function all(scenario, clients, collection, scale, rounds) {
  const measured = clients.filter(({ name }) => collection.names(scenario.name).includes(name));
  const rows = measured.map(({ name }) => [
    titleOf(name),
    ...scenario.metrics.map((metric) => {
      const summary = collection.of(scenario.name, name, metric.key);
      return summary ? spread(summary, metric) : "–";
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
    table(["client", ...scenario.metrics.map(({ title }) => title)], rows),
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
