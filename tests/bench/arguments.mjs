// The command line.

export const HELP = `\
Usage: cargo xtask bench [--quick] [--only NAME]... [--clients A,B] [--rounds N] [--out FILE]

Measures this client side by side with others against a server on loopback, in
several rounds, and prints a Markdown table: for each measurement the best other
client, this one, and whether the goal is reached; then all clients.

  --quick        under a minute: one round, fewer clients, smaller scenarios
  --only NAME    only this measurement; may be repeated
  --clients A,B  only these clients
  --rounds N     number of rounds, 1 to 20
  --out FILE     also write the table to FILE; a full run (without --quick,
                 --only and --clients) writes tests/bench/RESULTS.md by default
  --list         print the measurements and the clients
  --help         print this text

Environment:
  OPENPROSPECT_PKG  the folder of the package to measure, default: pkg/

Exit codes: 0 measured, whether or not the goals are reached; 1 a measurement
failed, or the counts of client and server differ; 2 an invalid argument.
`;

const MAX_ROUNDS = 20;

/**
 * @typedef {{
 *   quick: boolean, only: string[], clients: string[], rounds: number | null, out: string | null, list: boolean,
 *   help: boolean,
 * }} Options
 */

/**
 * Parses the command line. Throws an Error with a message for the user.
 *
 * @param {string[]} args
 * @param {{ measurements: string[], clients: string[] }} names
 */
export function readArguments(args, { measurements, clients }) {
  /** @type {Options} */
  const options = { quick: false, only: [], clients: [], rounds: null, out: null, list: false, help: false };
  const words = args.flatMap((word) => (/^--[a-z]+=/.test(word) ? split(word) : [word]));
  while (words.length > 0) {
    const word = words.shift();
    const value = () => {
      const next = words.shift();
      if (next === undefined || next.startsWith("--")) throw new Error(`${word} needs a value`);
      return next;
    };
    if (word === "--quick") options.quick = true;
    else if (word === "--list") options.list = true;
    else if (word === "--help" || word === "-h") options.help = true;
    else if (word === "--only") options.only.push(...known(value(), measurements, "measurement"));
    else if (word === "--clients") options.clients.push(...known(value(), clients, "client"));
    else if (word === "--rounds") options.rounds = rounds(value());
    else if (word === "--out") options.out = value();
    else throw new Error(`unknown argument ${JSON.stringify(word)}`);
  }
  return options;
}

function split(word) {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

function known(value, names, what) {
  const chosen = value.split(",").filter((name) => name !== "");
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined || chosen.length === 0) {
    throw new Error(`unknown ${what} ${JSON.stringify(unknown ?? value)}; expected one of ${names.join(", ")}`);
  }
  return chosen;
}

function rounds(value) {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_ROUNDS) return number;
  throw new Error(`--rounds must be 1 to ${MAX_ROUNDS}, got ${JSON.stringify(value)}`);
}
