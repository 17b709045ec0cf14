// The same call as TypeScript, to copy. It never contains the key.

const NAME = /^[A-Za-z_$][\w$]*$/;
/** The maximum length of a value on one line. */
const MAX_INLINE = 56;

/**
 * A value as a literal.
 *
 * @param {unknown} value
 * @param {string} indent
 * @returns {string}
 */
export function literal(value, indent = "") {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  /** @param {string} name */
  const member = (name) => (NAME.test(name) ? name : JSON.stringify(name));
  const members = isList
    ? value.map((item) => literal(item, inner))
    : Object.entries(value).map(([name, item]) => `${member(name)}: ${literal(item, inner)}`);
  if (members.length === 0) return isList ? "[]" : "{}";
  const inline = members.join(", ");
  if (!inline.includes("\n") && indent.length + inline.length < MAX_INLINE)
    return isList ? `[${inline}]` : `{ ${inline} }`;
  const lines = members.map((text) => `${inner}${text},\n`).join("");
  return isList ? `[\n${lines}${indent}]` : `{\n${lines}${indent}}`;
}

/**
 * @param {Pick<import("./operations.js").Operation, "namespace" | "name" | "isPage" | "composed">} operation
 * @param {unknown[]} values its arguments
 * @param {string} [baseUrl] of a proxy, which adds the key
 */
export function sampleOf({ namespace, name, isPage, composed }, values, baseUrl) {
  const setup =
    baseUrl === undefined
      ? "// The key comes from OPENPROSPECT_API_KEY.\nconst client = new OpenProspect();"
      : `const client = new OpenProspect({ baseUrl: ${JSON.stringify(baseUrl)} });`;
  /** @param {unknown[]} list */
  const args = (list) => list.map((value) => (value === undefined ? "undefined" : literal(value))).join(", ");
  const lines = [
    'import { OpenProspect } from "openprospect";',
    "",
    setup,
    "",
    `const result = await client.${namespace}.${name}(${args(values)});`,
    "console.log(result);",
  ];
  if (isPage && composed) {
    lines.push(
      "",
      "// Every page:",
      `for await (const item of client.${namespace}.${composed.name}(${args(withoutOffset(values))})) {`,
      "  console.log(item);",
      "}",
    );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * The iteration starts at the first item.
 *
 * @param {unknown[]} values
 */
function withoutOffset(values) {
  const last = values.at(-1);
  if (typeof last !== "object" || last === null) return values;
  const { offset: _, ...rest } = /** @type {Record<string, unknown>} */ (last);
  return Object.keys(rest).length === 0 ? values.slice(0, -1) : [...values.slice(0, -1), rest];
}
