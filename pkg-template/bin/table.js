// The commands, generated from the table of operations. The name of a command is derived from the name of the method.

import { readFileSync } from "node:fs";
import { importCommand } from "./import.js";
import { runOperation, specsOf, summaryOf } from "./operation.js";
import { requestCommand } from "./request.js";
import { syncCommand } from "./sync.js";
import { runWait, WAIT_OPTIONS } from "./wait.js";

/** Names that are shorter than those of the client. */
const NOUNS = { searchProfiles: "profiles", prospectSearches: "searches" };
/** Commands that are not in the table; `of` names the operation that a command is based on. */
const OTHERS = [syncCommand, importCommand, requestCommand];

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const ALL = { name: "all", kind: "boolean", doc: "every item, page by page" };

/** Every command, by its noun and its verb; a noun with a single command has no verb. */
export function readCommands() {
  const rows = JSON.parse(readFileSync(new URL("operations.json", import.meta.url), "utf8"));
  const commands = rows.flatMap((row) => {
    const isOnly = rows.filter(({ namespace }) => namespace === row.namespace).length === 1;
    const noun =
      isOnly && row.name === "check"
        ? kebab(row.namespace)
        : isOnly
          ? kebab(row.name)
          : (NOUNS[row.namespace] ?? kebab(row.namespace));
    return commandsOf(row, noun, isOnly ? undefined : kebab(row.name));
  });
  const others = OTHERS.map((command) => {
    const row = rows.find(({ namespace, name }) => `${namespace}.${name}` === command.of);
    return row === undefined ? command : { ...baseOf(row), ...command };
  });
  return [...commands, ...others];
}

const baseOf = (row) => ({ row, http: `${row.method} ${row.path}`, scopes: row.scopes, documented: row.documented });

function commandsOf(row, noun, verb) {
  const ids = row.ids.map((name) => name.toUpperCase());
  // The composed method has the same parameters as its operation.
  const input = specsOf(row);
  const make = (name, ownVerb, doc) => {
    const allIds = [...ids, ...(input.rest ? [`${input.rest}...`] : [])];
    return {
      ...baseOf(row),
      noun,
      verb: ownVerb,
      summary: summaryOf(doc),
      ...input,
      ids: allIds,
      name,
      run: runOperation,
    };
  };
  const own = make(row.name, verb, row.doc);
  if (row.composed === null) return [own];
  const { kind, name, doc } = row.composed;
  const composed = make(name, kebab(name), doc);
  if (kind === "wait") return [own, { ...composed, specs: WAIT_OPTIONS, run: runWait }];
  // An edit uses the version that it reads.
  if (kind === "edit") return [own, { ...composed, specs: own.specs.filter((spec) => spec.name !== "version") }];
  return [
    { ...own, specs: [ALL, ...own.specs], also: name },
    { ...composed, isStream: true },
  ];
}
