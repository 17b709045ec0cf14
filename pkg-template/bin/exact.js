// Adapts responses for the client: numbers that JavaScript would round keep their original digits, and an error that a
// server sends with status 200 gets the status of its code.

import { randomBytes } from "node:crypto";

/** One byte more than the client reads: the client itself rejects a longer response. */
const MAX_BYTES = 64 * 1024 * 1024 + 1;
/** Maximum length of an error envelope. */
const MAX_ENVELOPE = 64 * 1024;
/** A double represents every decimal of up to this many digits exactly. */
const EXACT_DIGITS = 15;

const NONCE = randomBytes(16).toString("hex");
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** Every long number contains such a sequence; most responses contain none. */
const SUSPICIOUS = /[\d.]{16}|\d[eE][+-]?\d/;
const MARKED = new RegExp(`"\\\\u0000${NONCE}:([^"]*)"`, "g");
const MARKER = new RegExp(`^\\u0000${NONCE}:`);

/** @param {string} token the JSON of a number */
function isExact(token) {
  const value = Number(token);
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(token)) return true;
  const digits = token
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "");
  return Number.isFinite(value) && digits.length <= EXACT_DIGITS && (value !== 0 || digits === "");
}

/**
 * JSON whose long numbers are marked strings.
 *
 * @param {string} json
 */
const marked = (json) =>
  SUSPICIOUS.test(json)
    ? json.replace(TOKEN, (token) => (token[0] === '"' || isExact(token) ? token : `"\\u0000${NONCE}:${token}"`))
    : json;

/**
 * The JSON of a value, with each number as the server sent it.
 *
 * @param {unknown} value
 */
export const exactJson = (value) => JSON.stringify(value).replace(MARKED, "$1");

/**
 * Returns a string, or the digits of the number that a marked string represents.
 *
 * @param {string} text
 */
export const exactText = (text) => text.replace(MARKER, "");

/**
 * Whether a value is a number, however long.
 *
 * @param {unknown} value
 */
export const isNumber = (value) => typeof value === "number" || (typeof value === "string" && MARKER.test(value));

/** @type {[RegExp, number][]} The documented codes, and those of the same kinds. */
const STATUSES = [
  [/^UNAUTHORIZED$|^UNAUTHENTICATED$|AUTHENTICATION/, 401],
  [/AUTHORIZATION|FORBIDDEN|SCOPE/, 403],
  [/NOT_FOUND$/, 404],
  [/RATE_LIMIT|TOO_MANY_REQUESTS/, 429],
  [/^VALIDATION/, 422],
  [/^INVALID|^MISSING|BAD_REQUEST/, 400],
];

/** The beginning of nearly every page: such a response is not an error envelope and need not be parsed. */
const LIST = /^\s*\{\s*"\w+"\s*:\s*\[/;

/**
 * The status of an error envelope, `undefined` for anything else. A list is not an envelope, whatever its fields.
 *
 * @param {string} text
 */
function statusOf(text) {
  if (LIST.test(text)) return undefined;
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Object.values(value).some(Array.isArray)) return undefined;
  const code = typeof value.error === "string" ? value.error : (value.error?.code ?? value.code);
  if (typeof code !== "string") return undefined;
  return STATUSES.find(([pattern]) => pattern.test(code.toUpperCase()))?.[1] ?? 500;
}

/**
 * A `fetch` for the client. Its response has only the members that the client reads: a stream of the same text would be
 * twice the work.
 *
 * @param {typeof globalThis.fetch} fetch
 * @returns {import("../../pkg/index.js").FetchFunction}
 */
export const exactFetch = (fetch) => async (url, init) => {
  const response = await fetch(url, init);
  if (response.status !== 200 || !response.body?.getReader) return response;
  const bytes = await bytesOf(response.body.getReader());
  const { headers } = response;
  if (bytes.length >= MAX_BYTES)
    return new Response(bytes, { headers: { "content-type": headers.get("content-type") ?? "" } });
  const text = new TextDecoder().decode(bytes);
  const status = bytes.length <= MAX_ENVELOPE ? (statusOf(text) ?? 200) : 200;
  return { status, headers, text: async () => marked(text) };
};

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function bytesOf(reader) {
  const chunks = [];
  for (let length = 0; length < MAX_BYTES; ) {
    const { value, done } = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
    length += value.byteLength;
  }
  // The result is not awaited, and a failure is ignored.
  reader.cancel().catch(() => {});
  return Buffer.concat(chunks);
}
