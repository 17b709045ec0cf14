// Run by `cargo xtask bench`, which builds the package and installs the other clients first.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { HELP, readArguments } from "./arguments.mjs";
import { bundles, SIZE_ONLY } from "./bundles.mjs";
import { CLIENTS } from "./clients/index.mjs";
import { createCollection } from "./collect.mjs";
import { runGroups } from "./lanes.mjs";
import { machine, missing, versions } from "./machine.mjs";
import { plan } from "./plan.mjs";
import { report } from "./report.mjs";
import { SCENARIOS } from "./scenarios/index.mjs";

/** The measurement without load. */
const SIZE = { name: "size", title: "bundle size" };
const RESULTS = fileURLToPath(new URL("RESULTS.md", import.meta.url));

async function main(args) {
  let options;
  try {
    options = readArguments(args, {
      measurements: [...SCENARIOS.map(({ name }) => name), SIZE.name],
      clients: CLIENTS.map(({ name }) => name),
    });
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) return print(HELP);
  if (options.list) return print(list());

  const scale = options.quick ? "quick" : "full";
  const groups = plan({
    scenarios: SCENARIOS,
    clients: CLIENTS,
    scale,
    only: options.only,
    names: options.clients,
    rounds: options.rounds,
  });
  const isSized = options.only.length === 0 || options.only.includes(SIZE.name);
  const planned = new Set(groups.flatMap(({ trials }) => trials.map(({ name }) => name)));
  const clients = CLIENTS.filter(
    ({ name }) => planned.has(name) || (isSized && (options.clients.length === 0 || options.clients.includes(name))),
  );
  const needed = [...clients, ...(isSized ? SIZE_ONLY : [])];
  const absent = missing(needed);
  if (absent.length > 0) return fail(`${absent.join(", ")} not installed; run: (cd tests/bench && npm ci)`);
  const installed = versions(needed);
  if (installed.ours === null) return fail("the package is not built; run: cargo xtask build");

  const collection = createCollection();
  const failures = await runGroups(groups, scale, collection);
  const rounds = new Map(groups.map(({ scenario, rounds: number }) => [scenario.name, number]));
  const text = report({
    scenarios: SCENARIOS.filter(({ name }) => rounds.has(name)),
    clients,
    collection,
    bundles: isSized ? await bundles(clients) : [],
    scale,
    rounds,
    machine: machine(),
    versions: installed,
  });
  print(text);
  const isFull = scale === "full" && options.only.length === 0 && options.clients.length === 0;
  const file = options.out ?? (isFull ? RESULTS : null);
  if (file !== null) writeFileSync(file, text);
  for (const failure of failures) process.stderr.write(`error: ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function print(text) {
  process.stdout.write(text);
  return 0;
}

function fail(reason) {
  process.stderr.write(`error: ${reason}\n`);
  return 1;
}

function list() {
  /** @param {{ name: string, title?: string }} row */
  const line = ({ name, title }) => `  ${name.padEnd(18)}${title ?? name}\n`;
  return `Measurements:\n${[...SCENARIOS, SIZE].map(line).join("")}\nClients:\n${CLIENTS.map(line).join("")}`;
}

process.exitCode = await main(process.argv.slice(2));
