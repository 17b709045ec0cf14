const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };

/** Colours for a stream: where somebody looks at it, and `NO_COLOR`, `TERM=dumb` and the options say nothing else. */
export function styleOf(stream, wanted, env = process.env) {
  const isOn = wanted ?? (stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
  const paint = ([on, off]) => (text) => (isOn ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  return Object.fromEntries(Object.entries(CODES).map(([name, codes]) => [name, paint(codes)]));
}
