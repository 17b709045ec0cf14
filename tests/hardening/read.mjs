// Reads results for a section of the document; a missing or unexpected result is an error.

/**
 * Readers of the results for a section. `results` are the contents of the files by name.
 *
 * @param {Record<string, any>} results
 * @param {string} section
 */
export function read(results, section) {
  const one = (name) => {
    if (!Object.hasOwn(results, name)) throw new Error(`${section}: there is no ${name}.json; did its step run?`);
    return results[name];
  };
  return {
    one,
    /** The results whose names have this prefix, at least `min`, by the rest of their names. */
    all(prefix, min) {
      const found = Object.entries(results)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, own]) => [name.slice(prefix.length), own]);
      if (found.length < min)
        throw new Error(`${section}: there are ${found.length} of at least ${min} files ${prefix}*.json`);
      return Object.fromEntries(found);
    },
    /** A required number. */
    count(name, ...path) {
      const value = path.reduce((from, key) => from?.[key], one(name));
      if (!Number.isFinite(value)) throw new Error(`${section}: ${name}.json has no number ${path.join(".")}`);
      return value;
    },
  };
}

/** The value, which must be the expected one. */
export function must(value, expected, what) {
  if (value !== expected) throw new Error(`${what}: ${value}, and it must be ${expected}`);
  return value;
}

export const sum = (values) => Object.values(values).reduce((total, value) => total + value, 0);

export const number = (value) => value.toLocaleString("en-US");

/** A table in Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
