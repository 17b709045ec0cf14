// The same call as TypeScript, to copy. The key is never in it.

const NAME = /^[A-Za-z_$][\w$]*$/;
/** Longer values go over several lines. */
const FLAT = 56;

/** A value as one would write it. */
export function literal(value, indent = "") {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const member = (name) => (NAME.test(name) ? name : JSON.stringify(name));
  const parts = isList
    ? value.map((item) => literal(item, inner))
    : Object.entries(value).map(([name, item]) => `${member(name)}: ${literal(item, inner)}`);
  if (parts.length === 0) return isList ? "[]" : "{}";
  const flat = parts.join(", ");
  if (!flat.includes("\n") && indent.length + flat.length < FLAT) return isList ? `[${flat}]` : `{ ${flat} }`;
  const lines = parts.map((part) => `${inner}${part},\n`).join("");
  return isList ? `[\n${lines}${indent}]` : `{\n${lines}${indent}}`;
}

/**
 * @param {{namespace: string, name: string, isPage: boolean, composed: {name: string} | null}} operation
 * @param {unknown[]} values its arguments
 * @param {string | undefined} baseUrl of a proxy, which adds the key
 */
export function sampleOf({ namespace, name, isPage, composed }, values, baseUrl) {
  const made =
    baseUrl === undefined
      ? "// The key comes from OPENPROSPECT_API_KEY.\nconst client = new OpenProspect();"
      : `const client = new OpenProspect({ baseUrl: ${JSON.stringify(baseUrl)} });`;
  const given = (list) => list.map((value) => (value === undefined ? "undefined" : literal(value))).join(", ");
  const lines = [
    'import { OpenProspect } from "openprospect";',
    "",
    made,
    "",
    `const answer = await client.${namespace}.${name}(${given(values)});`,
    "console.log(answer);",
  ];
  if (isPage && composed) {
    lines.push(
      "",
      "// Every page:",
      `for await (const item of client.${namespace}.${composed.name}(${given(everyPage(values))})) {`,
      "  console.log(item);",
      "}",
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The walk begins at the first item. */
function everyPage(values) {
  const last = values.at(-1);
  if (typeof last !== "object" || last === null) return values;
  const { offset: _, ...rest } = last;
  return Object.keys(rest).length === 0 ? values.slice(0, -1) : [...values.slice(0, -1), rest];
}
