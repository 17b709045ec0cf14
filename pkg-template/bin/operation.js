// A command that is an operation of the table.

import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { callOptions, createClient, readOptions } from "./client.js";
import { Problem, Usage } from "./failure.js";

const DATA = { name: "data", kind: "string", value: "JSON", doc: "the body: JSON, @FILE, or - for stdin" };
const kebab = (name) => name.replaceAll("_", "-");

/** What a method takes beside its ids, as options; `rest` names the ids of a list. */
export function specsOf({ input }, words, type) {
  if (input === "") return { specs: [], isOpen: false };
  const { fields, isOpen } = words.fields(type);
  const specs = [...fields].map(([field, { kind, choices, doc }]) => ({ name: kebab(field), field, kind, choices, doc }));
  if (input === "query") return { specs, isOpen: isOpen || !words.isKnown };
  if (input === "body" || input === "order") return { specs: [DATA, ...specs], isOpen: false };
  // A list: of ids, which are words of the command line, or of objects.
  const rest = /string\[\]/.test(type ?? "") ? input.replace(/s$/, "").toUpperCase() : undefined;
  return { specs: [DATA], isOpen: false, rest };
}

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
    // The parser's message repeats what it read, which may be a file with a secret in it.
    const at = / in JSON at (position \d+(?: \(line \d+ column \d+\))?)$/.exec(cause.message)?.[1];
    throw new Usage(`The data is no JSON${at ? `, at ${at}` : ""}.`, "a file is given as --data @FILE");
  }
}

function stdinText(signal) {
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  return textOf(process.stdin);
}

/** What was given for the fields of a query or a body. */
const fieldsOf = (specs, values) =>
  Object.fromEntries(specs.filter(({ name, field }) => field && values[name] !== undefined).map(({ name, field }) => [field, values[name]]));

export async function runOperation(command, { values, words, specs, output, signal }) {
  const { row, also, isStream } = command;
  const ids = words.slice(0, row.path.split("{").length - 1);
  const input = await inputOf(command, specs, words.slice(ids.length), values, signal);
  const client = await createClient(values, output);
  const namespace = client[row.namespace];
  const all = isStream ? command.name : values.all ? also : undefined;
  const given = row.input === "" ? ids : [...ids, input];
  if (all !== undefined) return output.rows(namespace[all](...ids, { limit: 100, ...input }, readOptions(values, output, { signal })));
  const options = callOptions(values, { signal });
  if (command.name === "edit") return output.value(await namespace.edit(...ids, () => input, options));
  return output.value(await namespace[command.name](...given, options), also !== undefined);
}

async function inputOf({ row, rest, ids }, specs, more, values, signal) {
  if (row.input === "") return undefined;
  if (row.input === "query") return fieldsOf(specs, values);
  const data = await readData(values.data, signal);
  if (row.input === "body" || row.input === "order") {
    const fields = fieldsOf(specs, values);
    if (data === undefined && Object.keys(fields).length === 0) throw new Usage("There is nothing to send: give --data or the fields as options.", "--help lists them");
    if (data !== undefined && (typeof data !== "object" || data === null || Array.isArray(data))) throw new Usage("--data must be a JSON object here.");
    return { ...data, ...fields };
  }
  if (rest && more.length > 0 && data === undefined) return more;
  if (more.length > 0) throw new Usage("The list is given twice: as words and as --data.");
  // The list itself, or a body with its one member.
  const list = Array.isArray(data) ? data : data?.[row.input];
  if (!Array.isArray(list)) throw new Usage(rest ? `Give ${ids.at(-1)}, or --data with a JSON list.` : "Give --data with a JSON list.");
  return list;
}
