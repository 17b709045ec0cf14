// Makes tests/HARDENING.md of what a run of the tests counted: node tests/hardening/document.mjs FOLDER
//
// `cargo xtask harden` runs both. Nothing is written if a part is missing, or if something broke.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PARTS } from "./parts.mjs";
import { read, table } from "./read.mjs";

const FILE = fileURLToPath(new URL("../HARDENING.md", import.meta.url));

const INTRODUCTION = `# What was tried to break it

Faults, bad input, sleep and failures, in every place where the package runs, and what came of it. All figures are from one run of

\`\`\`sh
cargo xtask harden
\`\`\`

which plays the tests in their long form. The tests play the same in a shorter form each time (\`cargo xtask test\`).
`;

/** The document, made of figures by the name of their file. */
export function documentOf(figures, machine) {
  const parts = PARTS.map(({ title, row, lines }) => {
    const own = read(figures, title);
    return { title, row: row(own), lines: lines?.(own) ?? [] };
  });
  const summary = table(
    ["", "tried", "what came of it"],
    parts.map(({ title, row }) => [title, ...row]),
  );
  const sections = parts
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `## ${title}\n\n${lines.join("\n")}\n`);
  return [INTRODUCTION, `${machine}\n`, `${summary}\n`, ...sections].join("\n");
}

function main([folder]) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const figures = Object.fromEntries(
    names.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), "utf8"))]),
  );
  const [{ model = "a processor without a name" } = {}, { length }] = [cpus()[0], cpus()];
  const machine = `${new Date().toISOString().slice(0, 10)}, ${model}, ${length} threads, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}.`;
  writeFileSync(FILE, documentOf(figures, machine));
  process.stdout.write(`${FILE}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
