// A command that is an operation of the table.

import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { callOptions, createClient, readOptions } from "./client.js";
import { Problem, Usage } from "./failure.js";

const DATA = { name: "data", kind: "string", value: "JSON", doc: "the body: JSON, @FILE, or - for stdin" };
const kebab = (name) => name.replaceAll("_", "-");

/** Kinds of fields that the command line can set. */
const KINDS = { text: "string", instant: "string", word: "string", number: "number", switch: "boolean" };

/** The parameters of a method other than its ids, as options; `rest` names the ids of a list. */
export function specsOf({ input, ids, parameters }) {
  if (input === null) return { specs: [], isOpen: false };
  const type = parameters[ids.length];
  if (input.kind === "list") {
    // A list: of ids, which are positional arguments, or of objects.
    const rest = type.of?.kind === "text" ? input.name.replace(/s$/, "").toUpperCase() : undefined;
    return { specs: [DATA], isOpen: false, rest };
  }
  const specs = fieldsIn(type).flatMap(specOf);
  return input.kind === "query" ? { specs, isOpen: type.open } : { specs: [DATA, ...specs], isOpen: false };
}

/** The fields of an object, or of each of several. */
function fieldsIn({ kind, fields = [], of }) {
  if (kind !== "either") return fields;
  const all = of.flatMap((type) => type.fields);
  return all.filter(({ name }, index) => all.findIndex((field) => field.name === name) === index);
}

/** A field as an option; none if the field cannot be written on a command line. */
function specOf({ name: field, doc, default: usual, kind, of, known }) {
  const type = kind === "list" ? of : { kind, known };
  if (KINDS[type.kind] === undefined) return [];
  const whole = usual === undefined ? doc : `${doc} Default: ${usual}.`;
  return [
    {
      name: kebab(field),
      field,
      kind: kind === "list" ? "list" : KINDS[kind],
      choices: type.known,
      doc: summaryOf(whole),
    },
  ];
}

/** Documentation as plain text, without the parts that are useful to programmers only. */
export const summaryOf = (doc) =>
  doc
    .replace(/ ?Needs (?:`[\w:]+`(?: and )?)+\./g, "")
    .replace(/`/g, "")
    .trim();

/** The JSON of `--data`. */
export async function readData(given, signal) {
  if (given === undefined) return undefined;
  let text = given;
  try {
    if (given === "-") text = await stdinText(signal);
    else if (given.startsWith("@")) text = await readFile(given.slice(1), { encoding: "utf8", signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new Problem(`The data cannot be read: ${cause.message}`, { exit: 2, cause });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    // The parser's message repeats its input, which may be a file with a secret in it.
    const at = / in JSON at (position \d+(?: \(line \d+ column \d+\))?)$/.exec(cause.message)?.[1];
    throw new Usage(`The data is no JSON${at ? `, at ${at}` : ""}.`, "a file is given as --data @FILE");
  }
}

function stdinText(signal) {
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  return textOf(process.stdin);
}

/** The values for the fields of a query or a body. */
const fieldsOf = (specs, values) =>
  Object.fromEntries(
    specs
      .filter(({ name, field }) => field && values[name] !== undefined)
      .map(({ name, field }) => [field, values[name]]),
  );

export async function runOperation(command, { values, words, specs, output, signal }) {
  const { row, also, isStream } = command;
  const ids = words.slice(0, row.ids.length);
  const input = await inputOf(command, specs, words.slice(ids.length), values, signal);
  const client = await createClient(values, output);
  const namespace = client[row.namespace];
  const all = isStream ? command.name : values.all ? also : undefined;
  const given = row.input === null ? ids : [...ids, input];
  if (all !== undefined)
    return output.rows(namespace[all](...ids, { limit: 100, ...input }, readOptions(values, output, { signal })));
  const options = callOptions(values, { signal });
  if (command.name === "edit") return output.value(await namespace.edit(...ids, () => input, options));
  return output.value(await namespace[command.name](...given, options), also !== undefined);
}

async function inputOf({ row, rest, ids }, specs, more, values, signal) {
  if (row.input === null) return undefined;
  const { kind, name } = row.input;
  if (kind === "query") return fieldsOf(specs, values);
  const data = await readData(values.data, signal);
  if (kind === "body" || kind === "order") {
    const fields = fieldsOf(specs, values);
    if (data === undefined && Object.keys(fields).length === 0)
      throw new Usage("There is nothing to send: give --data or the fields as options.", "--help lists them");
    if (data !== undefined && (typeof data !== "object" || data === null || Array.isArray(data)))
      throw new Usage("--data must be a JSON object here.");
    return { ...data, ...fields };
  }
  if (rest && more.length > 0 && data === undefined) return more;
  if (more.length > 0) throw new Usage("The list is given twice: as words and as --data.");
  // The list itself, or a body with its one member.
  const list = Array.isArray(data) ? data : data?.[name];
  if (!Array.isArray(list))
    throw new Usage(rest ? `Give ${ids.at(-1)}, or --data with a JSON list.` : "Give --data with a JSON list.");
  return list;
}
