// From a command line to an exit code.

import { readFileSync } from "node:fs";
import { COMMON, parse, refuseKeys, wordsOf } from "./args.js";
import { exitOf, Interrupted, linesOf, recordOf, Usage, withoutStackOverflow } from "./failure.js";
import { helpOf } from "./help.js";
import { createOutput } from "./output.js";
import { didYouMean } from "./suggest.js";
import { readCommands } from "./table.js";
import * as terminal from "./terminal.js";

const STOPS = ["SIGINT", "SIGTERM"];

export async function main(argv) {
  terminal.exitOnClosedPipe();
  // By default Node would print the error unescaped, including text from a server.
  process.on("uncaughtException", (error) => {
    tellFailure(error, argv);
    process.exit(exitOf(error));
  });
  const controller = new AbortController();
  for (const signal of STOPS) {
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
    tellFailure(reason, argv);
  }
}

function tellFailure(error, argv) {
  const isJson = argv.includes("--json");
  if (error instanceof Interrupted && !isJson) return;
  const color = argv.includes("--no-color") ? false : argv.includes("--color") ? true : undefined;
  if (isJson) return terminal.errorJson(recordOf(error));
  for (const line of linesOf(error, terminal.stderrStyle(color))) terminal.note(line);
}

async function run(argv, signal) {
  refuseKeys(argv);
  const commands = readCommands();
  const given = wordsOf(argv);
  const isHelp = given[0] === "help" || argv.includes("--help") || argv.includes("-h");
  const [noun, verb] = given[0] === "help" ? given.slice(1) : given;
  if (noun === undefined) {
    const { values } = parse(argv, COMMON);
    if (values.version) return print([version()]);
    return isHelp ? print(helpOf(commands, undefined, undefined, terminal.stdoutColumns())) : usage(commands);
  }
  const command = find(commands, noun, verb);
  if (isHelp) return print(helpOf(commands, noun, command, terminal.stdoutColumns()));
  if (command === undefined) throw missingVerb(commands, noun, verb);
  const specs = [...command.specs, ...COMMON.filter(({ name }) => !command.specs.some((own) => own.name === name))];
  const { values, words } = parse(argv, specs, command.isOpen);
  const own = words.slice(command.verb === undefined ? 1 : 2);
  checkWords(command, own);
  const output = createOutput({ json: values.json === true, color: values["no-color"] ? false : values.color });
  // Options that only an open command accepts are also its own.
  const extra = Object.keys(values).filter((name) => !specs.some((spec) => spec.name === name));
  return command.run(command, {
    values,
    words: own,
    specs: [...specs, ...extra.map((name) => ({ name, field: name.replaceAll("-", "_") }))],
    output,
    signal,
  });
}

function find(commands, noun, verb) {
  const own = commands.filter((command) => command.noun === noun);
  if (own.length === 0) {
    throw new Usage(
      `There is no command ${JSON.stringify(noun)}.${didYouMean(noun, [...new Set(commands.map((known) => known.noun))])}`,
      "openprospect --help lists them",
    );
  }
  return own.find((command) => command.verb === undefined || command.verb === verb);
}

function missingVerb(commands, noun, verb) {
  const verbs = commands.filter((command) => command.noun === noun).map((command) => command.verb);
  const what =
    verb === undefined
      ? `openprospect ${noun} needs one of: ${verbs.join(", ")}.`
      : `There is no command "${noun} ${verb}".${didYouMean(verb, verbs)}`;
  return new Usage(what, `openprospect ${noun} --help lists them`);
}

function checkWords({ noun, verb, ids }, given) {
  const name = ["openprospect", noun, verb, ...ids].filter(Boolean).join(" ");
  const isMany = ids.at(-1)?.endsWith("...") === true;
  const least = isMany ? ids.length - 1 : ids.length;
  if (given.length < least) throw new Usage(`${ids[given.length]} is missing: ${name}`);
  if (!isMany && given.length > ids.length)
    throw new Usage(`${JSON.stringify(given[ids.length])} is too much: ${name}`);
}

const version = () => JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;

async function print(lines) {
  await terminal.lines(lines);
}

function usage(commands) {
  terminal.errorLines(helpOf(commands, undefined, undefined, terminal.stderrColumns()));
  return 2;
}
