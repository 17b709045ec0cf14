// Parses the command line: the options and their values.

import { parseArgs } from "node:util";
import { Usage } from "./failure.js";
import { didYouMean } from "./suggest.js";

/**
 * An option of a command. `value` is the placeholder of its value in the help; `field` is the field of a query or a
 * body that the option sets.
 *
 * @typedef {object} Spec
 * @property {string} name
 * @property {"boolean" | "string" | "number" | "list"} kind
 * @property {string} doc
 * @property {string} [value]
 * @property {string} [short]
 * @property {readonly string[]} [choices]
 * @property {string} [field]
 */

/**
 * The values of the options by name. The specs of a command determine the types of its own options.
 *
 * @typedef {{
 *   json?: boolean, "key-file"?: string, "base-url"?: string, mock?: boolean, timeout?: string, deadline?: string,
 *   retries?: number, "idempotency-key"?: string, verbose?: boolean, color?: boolean, "no-color"?: boolean,
 *   help?: boolean, version?: boolean, [option: string]: any
 * }} Values
 */

/** @type {Spec[]} The options of every command. */
export const COMMON = [
  { name: "json", kind: "boolean", doc: "print JSON; a list of all pages has one line per item" },
  {
    name: "key-file",
    kind: "string",
    value: "FILE",
    doc: "read the API key from this file instead of OPENPROSPECT_API_KEY",
  },
  { name: "base-url", kind: "string", value: "URL", doc: "base URL of the API instead of OPENPROSPECT_BASE_URL" },
  { name: "mock", kind: "boolean", doc: "use a mock API in this process, without a key; its data is reproducible" },
  { name: "timeout", kind: "string", value: "TIME", doc: "timeout of one attempt, such as 10s (default 30s)" },
  {
    name: "deadline",
    kind: "string",
    value: "TIME",
    doc: "timeout of the whole call with its retries, or none (default 2m)",
  },
  { name: "retries", kind: "number", value: "N", doc: "maximum number of retries after the first attempt (default 2)" },
  {
    name: "idempotency-key",
    kind: "string",
    value: "NAME",
    doc:
      "sent with the request, which is then also retried if its outcome is unknown; if a command sends several " +
      "requests that write, each gets a key derived from this one",
  },
  { name: "verbose", kind: "boolean", short: "v", doc: "report each attempt, wait and pause on stderr" },
  { name: "color", kind: "boolean", doc: "use colors even if the output is not a terminal" },
  {
    name: "no-color",
    kind: "boolean",
    doc: "no colors, like NO_COLOR; FORCE_COLOR and CLICOLOR_FORCE enable colors in a pipe",
  },
  { name: "help", kind: "boolean", short: "h", doc: "show what the command does and its options" },
  { name: "version", kind: "boolean", doc: "print the version of the package" },
];

const KEY_OPTIONS = /^--?(?:api[-_]?)?(?:key|token)(?:=|$)/i;
/** An API key in a text. */
export const KEY = /lnc_(?:live|test)_[\w-]*/;

/**
 * Rejects a key on the command line, which the shell's history and the process list would contain, without printing it.
 *
 * @param {string[]} argv
 */
export function rejectKeys(argv) {
  if (!argv.some((arg) => KEY_OPTIONS.test(arg) || KEY.test(arg))) return;
  throw new Usage(
    "Do not pass the API key on the command line: it would stay in the shell's history.",
    "set OPENPROSPECT_API_KEY, or write the key into a file and pass --key-file FILE; replace a key that was disclosed",
  );
}

/** @param {string} name */
const snake = (name) => name.replaceAll("-", "_");

/**
 * The tokens of a command line, including unknown options.
 *
 * @param {string[]} argv
 * @param {readonly Spec[]} specs
 */
function tokensOf(argv, specs) {
  /** @type {NonNullable<import("node:util").ParseArgsConfig["options"]>} */
  const options = {};
  for (const { name, kind, short } of specs) {
    const type = kind === "boolean" ? /** @type {const} */ ("boolean") : /** @type {const} */ ("string");
    options[name] = short ? { type, short } : { type };
    if (snake(name) !== name) options[snake(name)] = { type };
  }
  return parseArgs({ args: argv, options, strict: false, tokens: true, allowPositionals: true }).tokens;
}

/**
 * The positional arguments of a command line: the first two select the command.
 *
 * @param {string[]} argv
 */
export const positionalsOf = (argv) =>
  tokensOf(argv, COMMON).flatMap((token) => (token.kind === "positional" ? [token.value] : []));

/**
 * Returns the values by the name of the option; an option that may be repeated has a list.
 *
 * @param {string[]} argv
 * @param {readonly Spec[]} specs
 * @param {boolean} isOpen whether unknown options are accepted as text parameters of the same name
 */
export function parse(argv, specs, isOpen = false) {
  const all = isOpen ? [...specs, ...unknown(argv, specs)] : specs;
  /** @type {Values} Without a prototype, no name has a special meaning. */
  const values = Object.create(null);
  const positionals = [];
  for (const token of tokensOf(argv, all)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = all.find(({ name }) => name === token.name || snake(name) === token.name);
    if (spec === undefined) {
      const suggestion = didYouMean(
        token.name,
        all.map(({ name }) => name),
      ).replace("mean ", "mean --");
      throw new Usage(`Unknown option ${token.rawName}.${suggestion}`);
    }
    const value = optionValue(spec, token);
    if (spec.kind === "list") (values[spec.name] ??= []).push(value);
    else if (spec.name in values && spec.kind !== "boolean") throw new Usage(`--${spec.name} must not be repeated.`);
    else values[spec.name] = value;
  }
  return { values, positionals };
}

/**
 * Specs for the options of a command line that are not in `specs`.
 *
 * @param {string[]} argv
 * @param {readonly Spec[]} specs
 * @returns {Spec[]}
 */
const unknown = (argv, specs) =>
  tokensOf(argv, specs).flatMap((token) => {
    if (token.kind !== "option" || !token.rawName.startsWith("--")) return [];
    const { name } = token;
    if (specs.some((spec) => spec.name === name || snake(spec.name) === name)) return [];
    return [{ name, kind: "string", doc: "", field: snake(name) }];
  });

/**
 * @param {Spec} spec
 * @param {{ value?: string, inlineValue?: boolean }} token
 */
function optionValue({ name, kind, choices }, { value, inlineValue }) {
  if (kind === "boolean") {
    if (value === undefined || value === "true") return true;
    if (value === "false") return false;
    throw new Usage(`--${name} takes no value.`);
  }
  if (value === undefined || (!inlineValue && value.startsWith("--")))
    throw new Usage(`--${name} requires a value${choices ? `: ${choices.join(", ")}` : ""}.`);
  if (kind !== "number") return value;
  if (value.trim() === "" || !Number.isFinite(Number(value)))
    throw new Usage(`--${name}: got ${JSON.stringify(value)}; expected a number.`);
  return Number(value);
}
