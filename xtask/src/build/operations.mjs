// Adds to the table of operations what the package's types say of each: its documentation and its parameters.
//
// Usage: node operations.mjs TYPES TABLE. The command, the page and the tests are made of the result.

import ts from "typescript-5";

const OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: [],
  noResolve: true,
  skipLibCheck: true,
};
const NUMBER = String.raw`(\d[\d,]*)`;
const RANGE = new RegExp(`${NUMBER} to ${NUMBER}`);
/** The last argument of every method, which has its own form. */
const COMMON = "options";

const [, , types, table] = process.argv;
const program = ts.createProgram([types], OPTIONS);
const checker = program.getTypeChecker();
const source = program.getSourceFile(types);
const client = checker.getDeclaredTypeOfSymbol(
  checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(({ name }) => name === "OpenProspect"),
);
const member = (type, name) => checker.getTypeOfSymbolAtLocation(type.getProperty(name), source);
const readers = { checker, source };

const operations = JSON.parse(table).map((operation) => {
  const { namespace, name, composed } = operation;
  const methods = member(client, namespace);
  const method = methods.getProperty(name);
  const [signature] = checker.getTypeOfSymbolAtLocation(method, source).getCallSignatures();
  const parameters = signature.parameters.filter((parameter) => parameter.name !== COMMON);
  return {
    ...operation,
    doc: docOf(method, readers),
    composed: composed && { ...composed, doc: docOf(methods.getProperty(composed.name), readers) },
    parameters: parameters.map((parameter) => field(parameter, readers)),
  };
});
process.stdout.write(`${JSON.stringify(operations)}\n`);

function docOf(symbol, { checker }) {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ");
}

/** A parameter or a property: its name, what is said of it, and its type. */
function field(symbol, readers) {
  const { checker, source } = readers;
  const declared = checker.getTypeOfSymbolAtLocation(symbol, source);
  // Without null, `unknown` would be an object without properties.
  const type =
    declared.flags & ts.TypeFlags.Unknown ? { kind: "json" } : typeOf(checker.getNonNullableType(declared), readers);
  const doc = docOf(symbol, readers);
  const [, min, max] = RANGE.exec(doc) ?? [];
  const range =
    min === undefined || !["number", "list"].includes(type.kind) ? {} : { min: count(min), max: count(max) };
  const given = symbol.getJsDocTags(checker).find(({ name }) => name === "default");
  const optional = Boolean(symbol.flags & ts.SymbolFlags.Optional || symbol.valueDeclaration?.questionToken);
  return {
    name: symbol.name,
    doc,
    optional,
    ...(given && { default: ts.displayPartsToString(given.text) }),
    ...range,
    ...type,
  };
}

function count(digits) {
  return Number(digits.replaceAll(",", ""));
}

function typeOf(type, readers) {
  const { checker } = readers;
  if (type.flags & ts.TypeFlags.StringLike && !type.isUnion()) return { kind: "text" };
  if (type.flags & ts.TypeFlags.NumberLike) return { kind: "number" };
  if (type.flags & ts.TypeFlags.BooleanLike) return { kind: "switch" };
  if (checker.isArrayType(type)) return { kind: "list", of: typeOf(checker.getTypeArguments(type)[0], readers) };
  if (type.isUnion()) return union(type, readers);
  if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return object(type, readers);
  return { kind: "json" };
}

function union({ types }, readers) {
  const known = types.filter((type) => type.isStringLiteral()).map(({ value }) => value);
  if (known.length > 0) return { kind: "word", known, closed: known.length === types.length };
  if (types.some((type) => type.symbol?.name === "Date")) return { kind: "instant" };
  if (types.every((type) => type.flags & ts.TypeFlags.Object)) {
    return {
      kind: "either",
      of: types.map((type) => ({ name: type.symbol.name, doc: docOf(type.symbol, readers), ...object(type, readers) })),
    };
  }
  return { kind: "json" };
}

/** `open`: it may have fields that nobody has documented. */
function object(type, readers) {
  const { checker } = readers;
  const isNever = (symbol) =>
    checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, readers.source)).flags & ts.TypeFlags.Never;
  const fields = checker
    .getPropertiesOfType(type)
    .filter((symbol) => !isNever(symbol))
    .map((symbol) => field(symbol, readers));
  return { kind: "object", fields, open: checker.getIndexInfosOfType(type).length > 0 };
}
