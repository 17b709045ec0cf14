// Every text that can be read from a value, in any environment. The caller adds readings of its environment, such as
// Node's `inspect`.

/** No value of the package refers to more values; more of them are an error. */
const MAX_VALUES = 50_000;

/** The result of a function, or undefined if it throws. */
export const quietly = (read) => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
const isObject = (value) => (typeof value === "object" || typeof value === "function") && value !== null;

/**
 * The texts of a value: its strings, property names, everything that is reachable from it, and its copies. `own`
 * returns further readings of a value.
 *
 * @param {any} value
 * @param {(value: any) => Iterable<string>} own
 * @returns {Generator<string>}
 */
export function* readings(value, own = () => []) {
  const visited = new Set();
  yield* whole(value, own);
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (!isObject(one)) {
      const text = quietly(() => String(one)) ?? "";
      yield text;
      if (typeof one === "string" && /^\s*[[{"]/.test(one)) open.push(...decoded(one));
      continue;
    }
    if (visited.has(one)) continue;
    if (visited.size >= MAX_VALUES) throw new Error(`more than ${MAX_VALUES} values are reachable from one value`);
    visited.add(one);
    const bytes = quietly(() => bytesOf(one));
    if (bytes !== undefined) {
      yield Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      continue;
    }
    yield* stringsOf(one);
    open.push(quietly(() => one.toJSON?.()));
    for (const name of quietly(() => Reflect.ownKeys(one)) ?? []) {
      yield String(name);
      open.push(quietly(() => one[name]));
    }
    open.push(...(quietly(() => entries(one)) ?? []));
  }
}

/** Serializations and copies of the value as a whole. */
function* whole(value, own) {
  yield* own(value);
  yield quietly(() => JSON.stringify(value)) ?? "";
  const copy = quietly(() => globalThis.structuredClone?.(value));
  if (!isObject(copy)) return;
  yield* own(copy);
  yield* stringsOf(copy);
  yield quietly(() => JSON.stringify(copy)) ?? "";
}

/** The string of a value, and the inherited texts of an error. */
function* stringsOf(value) {
  if (typeof value === "object" && !quietly(() => "then" in value)) yield quietly(() => String(value)) ?? "";
  if (!quietly(() => value instanceof Error)) return;
  for (const name of ["name", "message", "stack"]) yield quietly(() => String(value[name])) ?? "";
  const { cause } = quietly(() => ({ cause: value.cause })) ?? {};
  if (isObject(cause)) yield quietly(() => String(cause.stack ?? cause.message)) ?? "";
}

/** Bytes, or a list of numbers that could be bytes. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const isByte = (item) => Number.isInteger(item) && item >= 0 && item < 256;
  return Array.isArray(value) && value.length > 0 && value.every(isByte) ? value : undefined;
}

/** The value of a JSON text, whose names may have escapes. */
function decoded(text) {
  const value = quietly(() => JSON.parse(text));
  return value === undefined || value === text ? [] : [value];
}

/** Contents that are not properties. */
function entries(value) {
  if (value instanceof Map || value instanceof Set) return [...value].flat();
  if (value instanceof Date || value instanceof RegExp) return [String(value)];
  const { Headers, URLSearchParams, Request, Response, URL } = globalThis;
  if ((Headers && value instanceof Headers) || (URLSearchParams && value instanceof URLSearchParams))
    return [...value].flat();
  if ((Request && value instanceof Request) || (Response && value instanceof Response))
    return [value.url, value.headers];
  return URL && value instanceof URL ? [value.href] : [];
}
