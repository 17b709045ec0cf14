// What the shipped types say of each method and its parameters: descriptions and names have one place.

import { readFileSync } from "node:fs";

const INTERFACE = /^export (?:declare )?interface (\w+)(?:<[^>]*>)?(?: extends ([\w, ]+))? \{\n([^]*?)^\}/gm;
const ALIAS = /^export (?:declare )?type (\w+) =([^;]+);/gm;
const MEMBER = /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?^\s*(?:readonly )?(\w+)\??(?:\(((?:[^()]|\([^()]*\))*)\))?:\s*([^;]+);/gm;

/** Nothing is known where somebody removed the types from the package. */
export function readWords(path) {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return wordsOf(text);
}

export function wordsOf(text) {
  const interfaces = new Map();
  for (const [, name, parents = "", body] of text.matchAll(INTERFACE)) interfaces.set(name, { parents, body });
  const aliases = new Map([...text.matchAll(ALIAS)].map(([, name, type]) => [name, type.replace(/\/\*\*[^]*?\*\//g, "").trim()]));
  const members = (name) => [...(interfaces.get(name)?.body ?? "").matchAll(MEMBER)].map(([, doc, member, args, type]) => ({ doc: plain(doc), member, args, type: type.trim().replace(/ \| undefined$/, "") }));
  const namespaces = new Map(members("OpenProspect").map(({ member, type }) => [member, type]));

  /** What stands above a method, and the type of its nth parameter. */
  function method(namespace, name) {
    const found = members(namespaces.get(namespace)).find(({ member }) => member === name);
    return { doc: found?.doc ?? "", types: found?.args?.split(",").map((arg) => arg.split(":").slice(1).join(":").trim()) ?? [] };
  }

  /** The fields of a type that a command line can give; an open type may have more. */
  function fields(type) {
    const found = { fields: new Map(), isOpen: type === undefined || type === "" };
    for (const part of type?.replace(/Optional<(\w+)>/g, "$1").split(/[&|]/).map((name) => name.trim()) ?? []) {
      if (aliases.has(part) && part !== "Query") merge(found, fields(aliases.get(part)));
      else if (!interfaces.has(part)) found.isOpen ||= part === "Query";
      else {
        const { parents, body } = interfaces.get(part);
        for (const parent of parents.split(",").filter(Boolean)) merge(found, fields(parent.trim()));
        if (/^\s*\[\w+: string\]/m.test(body)) found.isOpen = true;
        for (const { member, doc, type: own } of members(part)) {
          const shape = shapeOf(own);
          if (shape && !found.fields.has(member)) found.fields.set(member, { doc, ...shape });
        }
      }
    }
    return found;
  }

  function shapeOf(type) {
    const single = type.replace(/^readonly /, "").replace(/ \| null$/, "");
    if (single.endsWith("[]")) {
      const item = shapeOf(single.slice(0, -2));
      return item && { ...item, kind: "list" };
    }
    const inner = /^Open<(.*)>$/.exec(single)?.[1] ?? aliases.get(single) ?? single;
    if (inner !== single) return shapeOf(inner);
    if (/^\|?\s*"/.test(inner)) return { kind: "string", choices: [...inner.matchAll(/"([^"]+)"/g)].map(([, word]) => word) };
    if (/^string( \| Date)?$/.test(inner)) return { kind: "string" };
    return inner === "number" || inner === "boolean" ? { kind: inner } : undefined;
  }

  return { method, fields, isKnown: interfaces.size > 0 };
}

function merge(found, other) {
  found.isOpen ||= other.isOpen;
  for (const [name, field] of other.fields) if (!found.fields.has(name)) found.fields.set(name, field);
}

/** A comment's text: what is said to programmers alone is left out. */
function plain(doc = "") {
  const text = doc.replace(/^\s*\* ?/gm, "").replace(/\{@link (\w+)\}/g, "$1");
  const [said] = text.split(/^@(?!default)/m);
  return said
    .replace(/@default ([^\n]+)/, "Default: $1.")
    .replace(/ ?Needs (?:`[\w:]+`(?: and )?)+\./g, "")
    .replace(/`/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
