// The commands, made of the table of operations. What a command is called follows from the method's name.

import { readWords } from "./words.js";
import { operationsText } from "./client.js";
import { importCommand } from "./import.js";
import { runOperation, specsOf } from "./operation.js";
import { requestCommand } from "./request.js";
import { syncCommand } from "./sync.js";
import { runWait, WAIT_OPTIONS } from "./wait.js";

/** Names that are shorter than those of the client. */
const NOUNS = { searchProfiles: "profiles", prospectSearches: "searches" };
/** Commands beside the table; `of` names the operation that one is made of. */
const OTHERS = [syncCommand, importCommand, requestCommand];

const CELLS = ["namespace", "name", "method", "path", "scopes", "documented", "also", "part", "older", "keyed", "input"];
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const ALL = { name: "all", kind: "boolean", doc: "every item, page by page" };

/** Every command, by its noun and its verb; a noun of one command has no verb. */
export function readCommands() {
  const words = readWords(new URL("../index.d.ts", import.meta.url));
  const rows = operationsText().split("\n").map((line) => Object.fromEntries(line.split(" ").map((cell, at) => [CELLS[at], cell])));
  const commands = rows.flatMap((row) => {
    const isOnly = rows.filter(({ namespace }) => namespace === row.namespace).length === 1;
    const noun = isOnly && row.name === "check" ? kebab(row.namespace) : isOnly ? kebab(row.name) : NOUNS[row.namespace] ?? kebab(row.namespace);
    return commandsOf(row, noun, isOnly ? undefined : kebab(row.name), words);
  });
  const others = OTHERS.map((command) => {
    const row = rows.find(({ namespace, name }) => `${namespace}.${name}` === command.of);
    return row === undefined ? command : { ...baseOf(row), ...command };
  });
  return [...commands, ...others];
}

const baseOf = (row) => ({ row, http: `${row.method} ${row.path}`, scopes: row.scopes.split(",").filter(Boolean), documented: row.documented });

function commandsOf(row, noun, verb, words) {
  const ids = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name.toUpperCase());
  // The methods built upon one take what it takes.
  const input = specsOf(row, words, words.method(row.namespace, row.name).types[ids.length]);
  const make = (name, ownVerb) => {
    const { doc } = words.method(row.namespace, name);
    return { ...baseOf(row), noun, verb: ownVerb, summary: doc, ids: [...ids, ...(input.rest ? [`${input.rest}...`] : [])], ...input, name, run: runOperation };
  };
  const own = make(row.name, verb);
  if (row.also === "") return [own];
  if (row.also === "wait") return [own, { ...make("wait", "wait"), specs: WAIT_OPTIONS, run: runWait }];
  // The version is the one that it reads.
  if (row.also === "edit") return [own, { ...make("edit", "edit"), specs: own.specs.filter(({ name }) => name !== "version") }];
  return [{ ...own, specs: [ALL, ...own.specs], also: row.also }, { ...make(row.also, kebab(row.also)), isStream: true }];
}
