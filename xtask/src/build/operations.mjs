// Adds documentation and parameters to the table of operations, from the types of the package. The command, the page
// and the tests read the result.
//
// Usage: node operations.mjs TYPES TABLE

import ts from "typescript-5";

const COMPILER_OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: [],
  noResolve: true,
  skipLibCheck: true,
};
const NUMBER = String.raw`(\d[\d,]*)`;
const RANGE = new RegExp(`${NUMBER} to ${NUMBER}`);
/** The last parameter of each method, which is not listed. */
const OPTIONS_PARAMETER = "options";

const [, , types, table] = process.argv;
const program = ts.createProgram([types], COMPILER_OPTIONS);
const checker = program.getTypeChecker();
const source = program.getSourceFile(types);
const client = checker.getDeclaredTypeOfSymbol(
  checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(({ name }) => name === "OpenProspect"),
);
const propertyType = (type, name) => checker.getTypeOfSymbolAtLocation(type.getProperty(name), source);
const context = { checker, source };

const operations = JSON.parse(table).map((operation) => {
  const { namespace, name, composed } = operation;
  const methods = propertyType(client, namespace);
  const method = methods.getProperty(name);
  const [signature] = checker.getTypeOfSymbolAtLocation(method, source).getCallSignatures();
  const parameters = signature.parameters.filter((parameter) => parameter.name !== OPTIONS_PARAMETER);
  return {
    ...operation,
    doc: documentation(method, context),
    composed: composed && { ...composed, doc: documentation(methods.getProperty(composed.name), context) },
    parameters: parameters.map((parameter) => field(parameter, context)),
  };
});
process.stdout.write(`${JSON.stringify(operations)}\n`);

function documentation(symbol, { checker }) {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ");
}

/** A parameter or a property: its name, documentation, type, default and range. */
function field(symbol, context) {
  const { checker, source } = context;
  const declared = checker.getTypeOfSymbolAtLocation(symbol, source);
  // Checked first: getNonNullableType turns `unknown` into an object without properties.
  const type =
    declared.flags & ts.TypeFlags.Unknown ? { kind: "json" } : typeOf(checker.getNonNullableType(declared), context);
  const doc = documentation(symbol, context);
  const [, min, max] = RANGE.exec(doc) ?? [];
  const range =
    min === undefined || !["number", "list"].includes(type.kind) ? {} : { min: parseCount(min), max: parseCount(max) };
  const defaultTag = symbol.getJsDocTags(checker).find(({ name }) => name === "default");
  const optional = Boolean(symbol.flags & ts.SymbolFlags.Optional || symbol.valueDeclaration?.questionToken);
  return {
    name: symbol.name,
    doc,
    optional,
    ...(defaultTag && { default: ts.displayPartsToString(defaultTag.text) }),
    ...range,
    ...type,
  };
}

function parseCount(digits) {
  return Number(digits.replaceAll(",", ""));
}

function typeOf(type, context) {
  const { checker } = context;
  if (type.flags & ts.TypeFlags.StringLike && !type.isUnion()) return { kind: "text" };
  if (type.flags & ts.TypeFlags.NumberLike) return { kind: "number" };
  if (type.flags & ts.TypeFlags.BooleanLike) return { kind: "switch" };
  if (checker.isArrayType(type)) return { kind: "list", of: typeOf(checker.getTypeArguments(type)[0], context) };
  if (type.isUnion()) return union(type, context);
  if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return object(type, context);
  return { kind: "json" };
}

function union({ types }, context) {
  const known = types.filter((type) => type.isStringLiteral()).map(({ value }) => value);
  if (known.length > 0) return { kind: "word", known, closed: known.length === types.length };
  if (types.some((type) => type.symbol?.name === "Date")) return { kind: "instant" };
  if (types.every((type) => type.flags & ts.TypeFlags.Object)) {
    return {
      kind: "either",
      of: types.map((type) => ({
        name: type.symbol.name,
        doc: documentation(type.symbol, context),
        ...object(type, context),
      })),
    };
  }
  return { kind: "json" };
}

/** `open`: may have fields that are not documented. */
function object(type, context) {
  const { checker } = context;
  const isNever = (symbol) =>
    checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, context.source)).flags & ts.TypeFlags.Never;
  const fields = checker
    .getPropertiesOfType(type)
    .filter((symbol) => !isNever(symbol))
    .map((symbol) => field(symbol, context));
  return { kind: "object", fields, open: checker.getIndexInfosOfType(type).length > 0 };
}
