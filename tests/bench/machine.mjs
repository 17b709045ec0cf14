// The machine of the measurement, and the versions of the clients.

import { existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform } from "node:os";
import { version } from "./package.mjs";

export const machine = () => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  system: `${platform()} ${arch()}`,
});

const manifestOf = (name) => new URL(`node_modules/${name}/package.json`, import.meta.url);

/** The npm packages that are not installed. */
export const missing = (clients) => packagesOf(clients).filter((name) => !existsSync(manifestOf(name)));

export function versions(clients) {
  const read = (name) => JSON.parse(readFileSync(manifestOf(name), "utf8")).version;
  return { ours: version(), others: packagesOf(clients).map((name) => ({ name, version: read(name) })) };
}

const packagesOf = (clients) => [...new Set(clients.flatMap(({ packages }) => packages))];
