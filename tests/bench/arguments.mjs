// The command line.

export const HELP = `\
Usage: cargo xtask bench [--quick] [--only NAME]... [--clients A,B] [--rounds N] [--out FILE]

Measures this client side by side with others against a server on loopback, in
several rounds, and prints a Markdown table: for each measurement the best other
client, this one, and whether the goal is reached; then all clients.

  --quick        in under a minute: one round, fewer clients, less of everything
  --only NAME    this measurement alone; may be given several times
  --clients A,B  these clients alone
  --rounds N     so many rounds, 1 to 20
  --out FILE     write the table there too; a whole run without --quick, --only
                 and --clients writes tests/bench/RESULTS.md by itself
  --list         print the measurements and the clients
  --help         this text

Environment:
  OPENPROSPECT_PKG  the folder of the package to measure, pkg/ otherwise

Exit codes: 0 measured, whether or not the goals are reached; 1 something could
not be measured, or a client's counts were not the server's; 2 a wrong argument.
`;

const MOST_ROUNDS = 20;

/** What is asked for, or an Error that says what is wrong with it. */
export function readArguments(args, { measurements, clients }) {
  const asked = { quick: false, only: [], clients: [], rounds: null, out: null, list: false, help: false };
  const words = args.flatMap((word) => (/^--[a-z]+=/.test(word) ? split(word) : [word]));
  while (words.length > 0) {
    const word = words.shift();
    const value = () => {
      if (words.length === 0 || words[0].startsWith("--")) throw new Error(`${word} needs a value`);
      return words.shift();
    };
    if (word === "--quick") asked.quick = true;
    else if (word === "--list") asked.list = true;
    else if (word === "--help" || word === "-h") asked.help = true;
    else if (word === "--only") asked.only.push(...known(value(), measurements, "measurement"));
    else if (word === "--clients") asked.clients.push(...known(value(), clients, "client"));
    else if (word === "--rounds") asked.rounds = rounds(value());
    else if (word === "--out") asked.out = value();
    else throw new Error(`unknown argument ${JSON.stringify(word)}`);
  }
  return asked;
}

function split(word) {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

function known(value, names, what) {
  const asked = value.split(",").filter((name) => name !== "");
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined || asked.length === 0) {
    throw new Error(`there is no ${what} ${JSON.stringify(unknown ?? value)}; there are ${names.join(", ")}`);
  }
  return asked;
}

function rounds(value) {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_ROUNDS) return number;
  throw new Error(`--rounds is 1 to ${MOST_ROUNDS}, got ${JSON.stringify(value)}`);
}
