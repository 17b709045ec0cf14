// Parses the command line: the options and their values.

import { parseArgs } from "node:util";
import { Usage } from "./failure.js";
import { didYouMean } from "./suggest.js";

/** The options of every command. */
export const COMMON = [
  { name: "json", kind: "boolean", doc: "JSON; lists that go through all pages as one line an item" },
  {
    name: "key-file",
    kind: "string",
    value: "FILE",
    doc: "read the API key from this file, not from OPENPROSPECT_API_KEY",
  },
  { name: "base-url", kind: "string", value: "URL", doc: "where the API is, in place of OPENPROSPECT_BASE_URL" },
  { name: "mock", kind: "boolean", doc: "try it without a key: a made-up API in this process, the same each time" },
  { name: "timeout", kind: "string", value: "TIME", doc: "of one attempt, such as 10s (default 30s)" },
  { name: "deadline", kind: "string", value: "TIME", doc: "of the whole call with its retries, or none (default 2m)" },
  { name: "retries", kind: "number", value: "N", doc: "after a failed attempt (default 2)" },
  {
    name: "idempotency-key",
    kind: "string",
    value: "NAME",
    doc: "sent with the request, which is then sent again after an unclear outcome; where a command writes with several requests, each gets a key made from this one",
  },
  { name: "verbose", kind: "boolean", short: "v", doc: "tell of each attempt, wait and pause on stderr" },
  { name: "color", kind: "boolean", doc: "colours also where nobody looks" },
  {
    name: "no-color",
    kind: "boolean",
    doc: "no colors, as NO_COLOR says; FORCE_COLOR and CLICOLOR_FORCE ask for them in a pipe",
  },
  { name: "help", kind: "boolean", short: "h", doc: "what the command does and takes" },
  { name: "version", kind: "boolean", doc: "the version of the package" },
];

const KEY_OPTIONS = /^--?(?:api[-_]?)?(?:key|token)(?:=|$)/i;
/** An API key in a text. */
export const KEY = /lnc_(?:live|test)_[\w-]*/;

/**
 * Rejects a key on the command line, which the shell's history and the process list would contain, without printing it.
 */
export function refuseKeys(argv) {
  if (!argv.some((arg) => KEY_OPTIONS.test(arg) || KEY.test(arg))) return;
  throw new Usage(
    "The API key does not belong on the command line: it would stay in the shell's history.",
    "set OPENPROSPECT_API_KEY, or write the key into a file and give --key-file FILE; replace a key that was shown to others",
  );
}

const snake = (name) => name.replaceAll("-", "_");

/** The tokens of a command line, including unknown options. */
function tokensOf(argv, specs) {
  const options = {};
  for (const { name, kind, short } of specs) {
    const type = kind === "boolean" ? "boolean" : "string";
    options[name] = short ? { type, short } : { type };
    if (snake(name) !== name) options[snake(name)] = { type };
  }
  return parseArgs({ args: argv, options, strict: false, tokens: true, allowPositionals: true }).tokens;
}

/** The positional arguments of a command line: the first two select the command. */
export const wordsOf = (argv) =>
  tokensOf(argv, COMMON)
    .filter(({ kind }) => kind === "positional")
    .map(({ value }) => value);

/**
 * Returns the values by the name of the option; an option that may be repeated has a list.
 *
 * @param {boolean} isOpen whether unknown options are accepted as text parameters of the same name
 */
export function parse(argv, specs, isOpen = false) {
  const all = isOpen ? [...specs, ...unknown(argv, specs)] : specs;
  // Without a prototype, no name has a special meaning.
  const values = Object.create(null);
  const words = [];
  for (const token of tokensOf(argv, all)) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const spec = all.find(({ name }) => name === token.name || snake(name) === token.name);
    if (spec === undefined) {
      const meant = didYouMean(
        token.name,
        all.map(({ name }) => name),
      ).replace("mean ", "mean --");
      throw new Usage(`There is no option ${token.rawName} here.${meant}`);
    }
    const value = optionValue(spec, token);
    if (spec.kind === "list") (values[spec.name] ??= []).push(value);
    else if (spec.name in values && spec.kind !== "boolean") throw new Usage(`--${spec.name} is given twice.`);
    else values[spec.name] = value;
  }
  return { values, words };
}

const unknown = (argv, specs) =>
  tokensOf(argv, specs)
    .filter(
      ({ kind, name, rawName }) =>
        kind === "option" &&
        rawName.startsWith("--") &&
        !specs.some((spec) => spec.name === name || snake(spec.name) === name),
    )
    .map(({ name }) => ({ name, kind: "string", field: snake(name) }));

function optionValue({ name, kind, choices }, { value, inlineValue }) {
  if (kind === "boolean") {
    if (value === undefined || value === "true") return true;
    if (value === "false") return false;
    throw new Usage(`--${name} takes no value.`);
  }
  if (value === undefined || (!inlineValue && value.startsWith("--")))
    throw new Usage(`--${name} needs a value${choices ? `: ${choices.join(", ")}` : ""}.`);
  if (kind !== "number") return value;
  if (value.trim() === "" || !Number.isFinite(Number(value)))
    throw new Usage(`--${name} takes a number, not ${JSON.stringify(value)}.`);
  return Number(value);
}
