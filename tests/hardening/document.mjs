// Generates tests/HARDENING.md from the results of a run of the tests: node tests/hardening/document.mjs FOLDER
//
// `cargo xtask harden` runs both. The file is not written if a result is missing, or if a test failed.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { read, table } from "./read.mjs";
import { SECTIONS } from "./sections.mjs";

const FILE = fileURLToPath(new URL("../HARDENING.md", import.meta.url));

const INTRODUCTION = `# Hardening tests

Faults, invalid input, system sleep and failures, in every environment of the package, with the results of one run of

\`\`\`sh
cargo xtask harden
\`\`\`

which runs long versions of the tests. \`cargo xtask test\` runs short versions.
`;

/** The document, from results by the name of their file. */
export function documentOf(results, machine) {
  const parts = SECTIONS.map(({ title, row, lines }) => {
    const own = read(results, title);
    return { title, row: row(own), lines: lines?.(own) ?? [] };
  });
  const summary = table(
    ["", "tests", "result"],
    parts.map(({ title, row }) => [title, ...row]),
  );
  const sections = parts
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `## ${title}\n\n${lines.join("\n")}\n`);
  return [INTRODUCTION, `${machine}\n`, `${summary}\n`, ...sections].join("\n");
}

/** @param {string[]} args The folder with the results. */
function main([folder]) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const results = Object.fromEntries(
    names.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), "utf8"))]),
  );
  const { length, 0: { model = "an unknown processor" } = {} } = cpus();
  const [date] = new Date().toISOString().split("T");
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${date}, ${model}, ${length} threads, ${memory} GB, Node ${process.versions.node}.`;
  writeFileSync(FILE, documentOf(results, machine));
  process.stdout.write(`${FILE}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
