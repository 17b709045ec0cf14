// From a command line to an exit code.

import { readFileSync } from "node:fs";
import { COMMON, parse, positionalsOf, rejectKeys } from "./args.js";
import { exitOf, Interrupted, linesOf, recordOf, Usage, withoutStackOverflow } from "./failure.js";
import { helpOf } from "./help.js";
import { waitingHint } from "./hint.js";
import { createOutput } from "./output.js";
import { didYouMean } from "./suggest.js";
import { readCommands } from "./table.js";
import * as terminal from "./terminal.js";
import { WAIT_UP_TO } from "./wait-up-to.js";

/** @type {NodeJS.Signals[]} */
const STOP_SIGNALS = ["SIGINT", "SIGTERM"];

/** @param {string[]} argv the arguments after the name of the script */
export async function main(argv) {
  terminal.exitOnClosedPipe();
  // By default Node would print the error unescaped, including text from a server.
  process.on("uncaughtException", (error) => {
    reportError(error, argv);
    process.exit(exitOf(error));
  });
  const controller = new AbortController();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      const reason = new Interrupted(signal);
      // A second signal ends the process at once.
      if (controller.signal.aborted) process.exit(reason.exit);
      controller.abort(reason);
    });
  }
  try {
    process.exitCode = (await run(argv, controller.signal)) ?? 0;
  } catch (error) {
    const reason = controller.signal.aborted ? controller.signal.reason : withoutStackOverflow(error);
    process.exitCode = exitOf(reason);
    reportError(reason, argv);
  }
}

/**
 * @param {unknown} error
 * @param {string[]} argv
 */
function reportError(error, argv) {
  const isJson = argv.includes("--json");
  if (error instanceof Interrupted && !isJson) return;
  const color = argv.includes("--no-color") ? false : argv.includes("--color") ? true : undefined;
  if (isJson) return terminal.errorJson(recordOf(error));
  for (const line of linesOf(error, terminal.stderrStyle(color))) terminal.note(line);
}

/**
 * @param {string[]} argv
 * @param {AbortSignal} signal
 * @returns {Promise<number | void>}
 */
async function run(argv, signal) {
  rejectKeys(argv);
  const commands = readCommands();
  const path = positionalsOf(argv);
  const isHelp = path[0] === "help" || argv.includes("--help") || argv.includes("-h");
  const [noun, verb] = path[0] === "help" ? path.slice(1) : path;
  if (noun === undefined) {
    const { values } = parse(argv, COMMON);
    if (values.version) return print([version()]);
    return isHelp ? print(helpOf(commands, undefined, undefined, terminal.stdoutColumns())) : usage(commands);
  }
  const command = find(commands, noun, verb);
  if (isHelp) return print(helpOf(commands, noun, command, terminal.stdoutColumns()));
  if (command === undefined) throw missingVerb(commands, noun, verb);
  const specs = [...command.specs, ...COMMON.filter(({ name }) => !command.specs.some((own) => own.name === name))];
  const { values, positionals } = parse(argv, specs, command.isOpen);
  const args = positionals.slice(command.verb === undefined ? 1 : 2);
  checkArguments(command, args);
  const output = createOutput({ json: values.json === true, color: values["no-color"] ? false : values.color });
  // Options that only an open command accepts are also its own.
  const extra = Object.keys(values).filter((name) => !specs.some((spec) => spec.name === name));
  try {
    return await command.run(command, {
      values,
      args,
      specs: [...specs, ...extra.map((name) => ({ name, field: name.replaceAll("-", "_") }))],
      output,
      signal,
    });
  } catch (error) {
    const canWait = command.specs.some(({ name }) => name === WAIT_UP_TO.name) && (!command.also || values.all);
    const hint = waitingHint(error, values, canWait);
    throw hint === undefined ? error : Object.assign(/** @type {Error} */ (error), { hint });
  }
}

/** @typedef {import("./table.js").Command} Command */

/**
 * @param {Command[]} commands
 * @param {string} noun
 * @param {string | undefined} verb
 */
function find(commands, noun, verb) {
  const own = commands.filter((command) => command.noun === noun);
  if (own.length === 0) {
    throw new Usage(
      `Unknown command ${JSON.stringify(noun)}.${didYouMean(noun, new Set(commands.map((known) => known.noun)))}`,
      "openprospect --help lists them",
    );
  }
  return own.find((command) => command.verb === undefined || command.verb === verb);
}

/**
 * @param {Command[]} commands
 * @param {string} noun
 * @param {string | undefined} verb
 */
function missingVerb(commands, noun, verb) {
  const verbs = commands.flatMap((command) => (command.noun === noun && command.verb ? [command.verb] : []));
  const message =
    verb === undefined
      ? `openprospect ${noun} requires one of: ${verbs.join(", ")}.`
      : `Unknown command "${noun} ${verb}".${didYouMean(verb, verbs)}`;
  return new Usage(message, `openprospect ${noun} --help lists them`);
}

/**
 * @param {Command} command
 * @param {string[]} args
 */
function checkArguments({ noun, verb, ids }, args) {
  const name = ["openprospect", noun, verb, ...ids].filter(Boolean).join(" ");
  const isVariadic = ids.at(-1)?.endsWith("...") === true;
  const least = isVariadic ? ids.length - 1 : ids.length;
  if (args.length < least) throw new Usage(`Missing argument ${ids[args.length]}: ${name}`);
  if (!isVariadic && args.length > ids.length)
    throw new Usage(`Unexpected argument ${JSON.stringify(args[ids.length])}: ${name}`);
}

const version = () => JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;

/** @param {string[]} lines */
async function print(lines) {
  await terminal.lines(lines);
}

/** @param {Command[]} commands */
function usage(commands) {
  terminal.errorLines(helpOf(commands, undefined, undefined, terminal.stderrColumns()));
  return 2;
}
