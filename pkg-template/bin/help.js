// The help of each level, generated from the commands.

import { COMMON } from "./args.js";
import { EXIT_CODES } from "./failure.js";
import { wrapped } from "./text.js";

const MAX_COLUMNS = 100;
const LABEL = 28;

/** @typedef {import("./args.js").Spec} Spec */
/** @typedef {import("./table.js").Command} Command */

/**
 * A label and its text, whose lines all begin at the same column.
 *
 * @param {string} label
 * @param {string} text
 * @param {number} width
 */
function entry(label, text, width) {
  const lines = wrapped(text, Math.max(30, width - LABEL));
  const head =
    label.length + 4 > LABEL
      ? [`  ${label}`, `${" ".repeat(LABEL)}${lines[0]}`]
      : [`  ${label}`.padEnd(LABEL) + lines[0]];
  return [...head, ...lines.slice(1).map((line) => " ".repeat(LABEL) + line)].map((line) => line.trimEnd());
}

/** @param {Spec} spec */
const valueName = ({ kind, value, choices }) =>
  kind === "boolean" ? "" : ` ${value ?? (choices ? "WORD" : kind === "number" ? "N" : "TEXT")}`;

/**
 * @param {Spec} spec
 * @param {number} width
 */
function optionEntry(spec, width) {
  const { name, short, doc, choices, kind } = spec;
  const more = [
    choices && `One of: ${choices.join(", ")}.`,
    kind === "list" && spec.field && "May be repeated.",
  ].filter(Boolean);
  return entry(
    `${short ? `-${short}, ` : ""}--${name}${valueName(spec)}`,
    [more.length > 0 && /\w$/.test(doc) ? `${doc}.` : doc, ...more].join(" "),
    width,
  );
}

/** @param {Command} command */
const nameOf = ({ noun, verb }) => ["openprospect", noun, verb].filter(Boolean).join(" ");
/** @param {string} text */
const firstSentence = (text) => /^.*?[.!](?=\s|$)/.exec(text)?.[0] ?? text;

const KEY = [
  "The key is read from OPENPROSPECT_API_KEY or from --key-file FILE, never from the command line itself.",
  "Output is for people; --json is for programs. Errors go to stderr and set the exit code:",
];

/**
 * The lines of the help of a command, of all commands of a noun, or of all commands.
 *
 * @param {Command[]} commands
 * @param {string | undefined} noun
 * @param {Command | undefined} command
 * @param {number} [columns]
 */
export function helpOf(commands, noun, command, columns = 80) {
  const width = Math.min(columns, MAX_COLUMNS);
  if (command !== undefined) return ofCommand(command, width);
  if (noun !== undefined) return ofNoun(commands, noun, width);
  const lines = ["Usage: openprospect COMMAND [OPTIONS]", "", "Commands:"];
  for (const own of new Set(commands.map((known) => known.noun))) {
    const verbs = commands.filter((known) => known.noun === own);
    lines.push(
      ...entry(
        own,
        verbs[0].verb === undefined ? firstSentence(verbs[0].summary) : verbs.map(({ verb }) => verb).join(", "),
        width,
      ),
    );
  }
  lines.push(
    "",
    "Run openprospect COMMAND --help for details.",
    "",
    "Options of every command:",
    ...COMMON.flatMap((spec) => optionEntry(spec, width)),
  );
  lines.push(
    "",
    ...KEY.flatMap((text) => wrapped(text, width)),
    "",
    ...EXIT_CODES.flatMap(([code, text]) => entry(String(code), text, width)),
  );
  return lines;
}

/**
 * @param {Command[]} commands
 * @param {string} noun
 * @param {number} width
 */
function ofNoun(commands, noun, width) {
  const own = commands.filter((known) => known.noun === noun);
  const lines = [`Usage: openprospect ${noun} COMMAND [OPTIONS]`, "", "Commands:"];
  for (const { verb, ids, summary } of own)
    lines.push(...entry([verb, ...ids].join(" "), firstSentence(summary), width));
  return [...lines, "", `Run openprospect ${noun} COMMAND --help for details.`];
}

/**
 * @param {Command} command
 * @param {number} width
 */
function ofCommand(command, width) {
  const { ids, summary, specs, isOpen, http, scopes = [], documented, notes = [] } = command;
  const lines = [`Usage: ${[nameOf(command), ...ids, "[OPTIONS]"].join(" ")}`, ""];
  if (summary) lines.push(...wrapped(summary, width), "");
  for (const note of notes) lines.push(...wrapped(note, width), "");
  if (http) lines.push(...entry("request", http, width));
  if (scopes.length > 0) lines.push(...entry("scopes", scopes.join(", "), width));
  if (documented === "legacy") lines.push(...entry("documented", "in legacy documentation only", width));
  if (http) lines.push("");
  if (specs.length > 0) lines.push("Options:", ...specs.flatMap((spec) => optionEntry(spec, width)));
  if (isOpen) lines.push(...entry("--NAME TEXT", "any other parameter", width));
  return [...lines, ...(specs.length > 0 || isOpen ? [""] : []), "Options of every command: openprospect --help"];
}
