// A command that is an operation of the table.

import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { callOptions, createClient, readOptions } from "./client.js";
import { messageOf, Problem, Usage } from "./failure.js";
import { batchOptions, rejectWaitUpTo } from "./wait-up-to.js";

/** @typedef {import("./args.js").Spec} Spec */
/** @typedef {import("./table.js").Operation} Operation */
/** @typedef {import("./table.js").OperationCommand} OperationCommand */
/** @typedef {import("./table.js").Type} Type */

/** @type {Spec} */
const DATA = { name: "data", kind: "string", value: "JSON", doc: "the body: JSON, @FILE, or - for stdin" };
/** @param {string} name */
const kebab = (name) => name.replaceAll("_", "-");

/** @type {Record<string, Spec["kind"]>} Kinds of fields that the command line can set. */
const KINDS = { text: "string", instant: "string", word: "string", number: "number", switch: "boolean" };

/**
 * The parameters of a method other than its ids, as options; `rest` names the ids of a list.
 *
 * @param {Operation} operation
 * @returns {{ specs: Spec[], isOpen: boolean, rest?: string }}
 */
export function specsOf({ input, ids, parameters }) {
  if (input === null) return { specs: [], isOpen: false };
  const type = parameters[ids.length];
  if (input.kind === "list") {
    // A list: of ids, which are positional arguments, or of objects.
    const isOfIds = !Array.isArray(type.of) && type.of?.kind === "text";
    const rest = isOfIds ? input.name?.replace(/s$/, "").toUpperCase() : undefined;
    return { specs: [DATA], isOpen: false, rest };
  }
  const specs = fieldsIn(type).flatMap(specOf);
  return input.kind === "query" ? { specs, isOpen: type.open === true } : { specs: [DATA, ...specs], isOpen: false };
}

/**
 * The fields of an object, or of each of several.
 *
 * @param {Type} type
 */
function fieldsIn({ fields = [], of }) {
  if (!Array.isArray(of)) return fields;
  const all = of.flatMap((type) => type.fields ?? []);
  return all.filter(({ name }, index) => all.findIndex((field) => field.name === name) === index);
}

/**
 * A field as an option; none if the field cannot be written on a command line.
 *
 * @param {import("./table.js").Field} field
 * @returns {Spec[]}
 */
function specOf({ name: field, doc, default: defaultValue, kind, of, known }) {
  const type = kind === "list" && of !== undefined && !Array.isArray(of) ? of : { kind, known };
  if (KINDS[type.kind] === undefined) return [];
  const description = defaultValue === undefined ? doc : `${doc} Default: ${defaultValue}.`;
  return [
    {
      name: kebab(field),
      field,
      kind: kind === "list" ? "list" : KINDS[kind],
      choices: type.known,
      doc: summaryOf(description),
    },
  ];
}

/**
 * Documentation as plain text, without the sentences that are useful to programmers only.
 *
 * @param {string} doc
 */
export const summaryOf = (doc) =>
  doc
    .replace(/ ?Needs (?:`[\w:]+`(?: and )?)+\./g, "")
    .replace(/`/g, "")
    .trim();

/**
 * The JSON of `--data`.
 *
 * @param {string | undefined} data
 * @param {AbortSignal} signal
 */
export async function readData(data, signal) {
  if (data === undefined) return undefined;
  let text = data;
  try {
    if (data === "-") text = await stdinText(signal);
    else if (data.startsWith("@")) text = await readFile(data.slice(1), { encoding: "utf8", signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new Problem(`The data cannot be read: ${messageOf(cause)}`, { exit: 2, cause });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    // The parser's message repeats its input, which may be a file with a secret in it.
    const at = / in JSON at (position \d+(?: \(line \d+ column \d+\))?)$/.exec(messageOf(cause))?.[1];
    throw new Usage(`The data is not valid JSON${at ? `, at ${at}` : ""}.`, "pass a file as --data @FILE");
  }
}

/** @param {AbortSignal} signal */
function stdinText(signal) {
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  return textOf(process.stdin);
}

/**
 * The values for the fields of a query or a body.
 *
 * @param {import("./table.js").Call["specs"]} specs
 * @param {import("./args.js").Values} values
 */
const fieldsOf = (specs, values) =>
  Object.fromEntries(
    specs.flatMap(({ name, field }) => (field && values[name] !== undefined ? [[field, values[name]]] : [])),
  );

/**
 * @param {OperationCommand} command
 * @param {import("./table.js").Call} call
 */
export async function runOperation(command, call) {
  const { row, also, isStream } = command;
  const { values, args, output, signal } = call;
  const ids = args.slice(0, row.ids.length);
  const all = isStream ? command.name : values.all ? also : undefined;
  if (all === undefined) rejectWaitUpTo(values, "all");
  const input = await inputOf(command, call);
  const client = await createClient(values, output, all === undefined ? {} : batchOptions(values));
  const namespace = namespaceOf(client, row);
  const parameters = row.input === null ? ids : [...ids, input];
  if (all !== undefined)
    return output.rows(namespace[all](...ids, { limit: 100, ...input }, readOptions(values, output, { signal })));
  const options = callOptions(values, { signal });
  if (command.name === "edit") return output.value(await namespace.edit(...ids, () => input, options));
  return output.value(await namespace[command.name](...parameters, options), also !== undefined);
}

/**
 * The namespace of an operation: its methods are called by name.
 *
 * @param {import("./package.js").Client} client
 * @param {Operation} operation
 * @returns {Record<string, (...args: any[]) => any>}
 */
export const namespaceOf = (client, { namespace }) => /** @type {any} */ (client)[namespace];

/**
 * The query, the body or the list of an operation.
 *
 * @param {OperationCommand} command
 * @param {import("./table.js").Call} call
 */
async function inputOf({ row, rest, ids }, { values, args, specs, signal }) {
  if (row.input === null) return undefined;
  const more = args.slice(row.ids.length);
  const { kind, name } = row.input;
  if (kind === "query") return fieldsOf(specs, values);
  const data = await readData(values.data, signal);
  if (kind === "body" || kind === "order") {
    const fields = fieldsOf(specs, values);
    if (data === undefined && Object.keys(fields).length === 0)
      throw new Usage("There is nothing to send: pass --data or the fields as options.", "--help lists them");
    if (data !== undefined && (typeof data !== "object" || data === null || Array.isArray(data)))
      throw new Usage("--data must be a JSON object here.");
    return { ...data, ...fields };
  }
  if (rest && more.length > 0 && data === undefined) return more;
  if (more.length > 0) throw new Usage("The list was passed twice: as arguments and as --data.");
  // The list itself, or a body with its one member.
  const list = Array.isArray(data) || name === undefined ? data : data?.[name];
  if (!Array.isArray(list))
    throw new Usage(rest ? `Pass ${ids.at(-1)}, or --data with a JSON list.` : "Pass --data with a JSON list.");
  return list;
}
