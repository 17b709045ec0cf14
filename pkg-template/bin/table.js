// The commands, generated from the table of operations. The name of a command is derived from the name of the method.

import { readFileSync } from "node:fs";
import { importCommand } from "./import.js";
import { runOperation, specsOf, summaryOf } from "./operation.js";
import { requestCommand } from "./request.js";
import { syncCommand } from "./sync.js";
import { runWait, WAIT_OPTIONS } from "./wait.js";
import { WAIT_UP_TO } from "./wait-up-to.js";

/**
 * A type of the API: an object has `fields`, a list the type of its items, a union (`either`) its alternatives.
 *
 * @typedef {object} Type
 * @property {string} kind
 * @property {Field[]} [fields]
 * @property {Type | Type[]} [of]
 * @property {string[]} [known] the known values of a word
 * @property {boolean} [open] whether an object may have other fields
 */

/** @typedef {Type & { name: string, doc: string, optional: boolean, default?: unknown }} Field */

/**
 * A row of the table of operations.
 *
 * @typedef {object} Operation
 * @property {string} namespace
 * @property {string} name
 * @property {string} method
 * @property {string} path
 * @property {string[]} ids the names of the ids in the path
 * @property {{ kind: "query" | "body" | "order" | "list", name?: string } | null} input
 * @property {{ kind: "pages" | "wait" | "edit", name: string, doc: string } | null} composed
 * @property {string[]} scopes
 * @property {string} documented
 * @property {string} doc
 * @property {Field[]} parameters
 * @property {number | null} batchSize
 */

/**
 * A command. One of the table has the members of its operation: `row`, `http`, `scopes`, `documented`.
 *
 * @typedef {object} CommandProperties
 * @property {string} noun
 * @property {string | undefined} verb
 * @property {string} summary
 * @property {string[]} ids the names of the positional arguments
 * @property {readonly Spec[]} specs
 * @property {boolean} isOpen whether the command accepts unknown options as parameters
 * @property {string[]} [notes]
 * @property {string} [of] the operation that the command is based on, such as `blacklists.addEntries`
 * @property {string} [rest] the name of the ids of a list
 * @property {Operation} [row]
 * @property {string} [http] the method and the path
 * @property {string[]} [scopes]
 * @property {string} [documented]
 * @property {string} [name] the name of the method
 * @property {string} [also] the name of the method that iterates over all pages
 * @property {boolean} [isStream] whether the method iterates over all pages
 */

/** @typedef {CommandProperties & { run(command: Command, call: Call): Promise<number | void> }} Command */
/** @typedef {Command & { row: Operation, name: string }} OperationCommand */

/**
 * A call of a command: `args` are its positional arguments, `specs` name the fields that the options set.
 *
 * @typedef {object} Call
 * @property {import("./args.js").Values} values
 * @property {string[]} args
 * @property {readonly { name: string, field?: string }[]} specs
 * @property {import("./output.js").Output} output
 * @property {AbortSignal} signal
 */

/** @typedef {import("./args.js").Spec} Spec */

/** @type {Record<string, string>} Names that are shorter than those of the client. */
const NOUNS = { searchProfiles: "profiles", prospectSearches: "searches" };
/** @type {Command[]} Commands that are not in the table. */
const OTHERS = [syncCommand, importCommand, requestCommand];

/** @param {string} name */
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** @type {Spec} */
const ALL = { name: "all", kind: "boolean", doc: "every item, page by page" };

/**
 * Every command, by its noun and its verb; a noun with a single command has no verb.
 *
 * @returns {Command[]}
 */
export function readCommands() {
  /** @type {Operation[]} */
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

/** @param {Operation} row */
const baseOf = (row) => ({ row, http: `${row.method} ${row.path}`, scopes: row.scopes, documented: row.documented });

/**
 * @param {Operation} row
 * @param {string} noun
 * @param {string | undefined} verb
 * @returns {Command[]}
 */
function commandsOf(row, noun, verb) {
  const ids = row.ids.map((name) => name.toUpperCase());
  // The composed method has the same parameters as its operation.
  const input = specsOf(row);
  /** @type {(name: string, ownVerb: string | undefined, doc: string) => OperationCommand} */
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
    {
      ...own,
      specs: [ALL, { ...WAIT_UP_TO, doc: `with --all: ${WAIT_UP_TO.doc}` }, ...own.specs],
      also: name,
    },
    { ...composed, specs: [WAIT_UP_TO, ...composed.specs], isStream: true },
  ];
}
