// Figures as a part of the document reads them: what is missing, or is not as it has to be, is an error that says where.

/** Reads figures for a part of the document. */
export function read(figures, part) {
  const one = (name) => {
    if (!Object.hasOwn(figures, name)) throw new Error(`${part}: there is no ${name}.json; did its step run?`);
    return figures[name];
  };
  return {
    one,
    /** Those whose names begin so, by the rest of their names. */
    all(prefix, least) {
      const found = Object.entries(figures)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, own]) => [name.slice(prefix.length), own]);
      if (found.length < least)
        throw new Error(`${part}: there are ${found.length} of at least ${least} files ${prefix}*.json`);
      return Object.fromEntries(found);
    },
    /** A number that has to be there. */
    count(name, ...path) {
      const value = path.reduce((from, key) => from?.[key], one(name));
      if (!Number.isFinite(value)) throw new Error(`${part}: ${name}.json has no number ${path.join(".")}`);
      return value;
    },
  };
}

/** The value, if it is what it has to be. */
export function must(value, wanted, what) {
  if (value !== wanted) throw new Error(`${what}: ${value}, and it must be ${wanted}`);
  return value;
}

export const sum = (values) => Object.values(values).reduce((total, value) => total + value, 0);

export const number = (value) => value.toLocaleString("en-US");

/** A table of markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
