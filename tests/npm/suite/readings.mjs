// Every text by which a value can be read, in any place. What the place alone can do, such as Node's `inspect`, is given.

/** No value that is handed out holds more; what does is a find of its own. */
const MOST = 50_000;

/** What a look at anything gives; nothing if it throws. */
export const quietly = (read) => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
const isThing = (value) => (typeof value === "object" || typeof value === "function") && value !== null;

/** The texts of a value: its words, its names, what it holds and leads to, its copies. `own` gives more readings of a value. */
export function* readings(value, own = () => []) {
  const seen = new Set();
  yield* whole(value, own);
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (!isThing(one)) {
      const text = quietly(() => String(one)) ?? "";
      yield text;
      if (typeof one === "string" && /^\s*[[{"]/.test(one)) open.push(...decoded(one));
      continue;
    }
    if (seen.has(one)) continue;
    if (seen.size >= MOST)
      throw new Error(`more than ${MOST} values hang together: that is no small thing to hand out`);
    seen.add(one);
    const bytes = quietly(() => bytesOf(one));
    if (bytes !== undefined) {
      yield Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      continue;
    }
    yield* words(one);
    open.push(quietly(() => one.toJSON?.()));
    for (const name of quietly(() => Reflect.ownKeys(one)) ?? []) {
      yield String(name);
      open.push(quietly(() => one[name]));
    }
    open.push(...(quietly(() => entries(one)) ?? []));
  }
}

/** What is made of the value as a whole. */
function* whole(value, own) {
  yield* own(value);
  yield quietly(() => JSON.stringify(value)) ?? "";
  const copy = quietly(() => globalThis.structuredClone?.(value));
  if (!isThing(copy)) return;
  yield* own(copy);
  yield* words(copy);
  yield quietly(() => JSON.stringify(copy)) ?? "";
}

/** What a value says of itself, also where it is no property of its own. */
function* words(value) {
  if (typeof value === "object" && !quietly(() => "then" in value)) yield quietly(() => String(value)) ?? "";
  if (!quietly(() => value instanceof Error)) return;
  for (const name of ["name", "message", "stack"]) yield quietly(() => String(value[name])) ?? "";
  const { cause } = quietly(() => ({ cause: value.cause })) ?? {};
  if (isThing(cause)) yield quietly(() => String(cause.stack ?? cause.message)) ?? "";
}

/** What is bytes, or a list that could be some. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const isByte = (item) => Number.isInteger(item) && item >= 0 && item < 256;
  return Array.isArray(value) && value.length > 0 && value.every(isByte) ? value : undefined;
}

/** What is in a JSON text, in which a name may be spelled with escapes. */
function decoded(text) {
  const value = quietly(() => JSON.parse(text));
  return value === undefined || value === text ? [] : [value];
}

/** What is kept where no property shows it. */
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
