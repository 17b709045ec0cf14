// Responses as the client should read them: numbers that JavaScript would round stay as they were sent, and an error that a
// server sends with status 200 has the status of its code.

import { randomBytes } from "node:crypto";

/** One more than the client reads: what is longer is left to it to reject. */
const MAX_BYTES = 64 * 1024 * 1024 + 1;
/** An error envelope is not longer. */
const MAX_ENVELOPE = 64 * 1024;
/** A double holds each decimal of so many digits. */
const EXACT_DIGITS = 15;

const NONCE = randomBytes(16).toString("hex");
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** There is no long number without such a sequence; most responses have none. */
const SUSPICIOUS = /[\d.]{16}|\d[eE][+-]?\d/;
const MARKED = new RegExp(`"\\\\u0000${NONCE}:([^"]*)"`, "g");
const MARKER = new RegExp(`^\\u0000${NONCE}:`);

function isExact(token) {
  const value = Number(token);
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(token)) return true;
  const digits = token.replace(/[eE].*$/, "").replace(/[-.]/g, "").replace(/^0+/, "");
  return Number.isFinite(value) && digits.length <= EXACT_DIGITS && (value !== 0 || digits === "");
}

/** JSON whose long numbers are marked strings. */
const marked = (json) =>
  SUSPICIOUS.test(json) ? json.replace(TOKEN, (token) => (token[0] === '"' || isExact(token) ? token : `"\\u0000${NONCE}:${token}"`)) : json;

/** The JSON of a value, each number as the server sent it. */
export const exactJson = (value) => JSON.stringify(value).replace(MARKED, "$1");

/** A string, or the digits of a number that it stands for. */
export const exactText = (text) => text.replace(MARKER, "");

/** Whether a value is a number, however long. */
export const isNumber = (value) => typeof value === "number" || (typeof value === "string" && MARKER.test(value));

/** The documented codes, and those of the same kinds. */
const STATUSES = [
  [/^UNAUTHORIZED$|^UNAUTHENTICATED$|AUTHENTICATION/, 401],
  [/AUTHORIZATION|FORBIDDEN|SCOPE/, 403],
  [/NOT_FOUND$/, 404],
  [/RATE_LIMIT|TOO_MANY_REQUESTS/, 429],
  [/^VALIDATION/, 422],
  [/^INVALID|^MISSING|BAD_REQUEST/, 400],
];

/** How nearly every page begins: it need not be parsed to see that it is no envelope. */
const LIST = /^\s*\{\s*"\w+"\s*:\s*\[/;

/** The status of an error envelope, `undefined` for anything else. A list is no envelope, whatever else it has. */
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

/** A `fetch` for the client. Its response is the least that the client reads: a stream of the same text would be twice the work. */
export const exactFetch = (fetch) => async (url, init) => {
  const response = await fetch(url, init);
  if (response.status !== 200 || !response.body?.getReader) return response;
  const bytes = await bytesOf(response.body.getReader());
  const { headers } = response;
  if (bytes.length >= MAX_BYTES) return new Response(bytes, { headers: { "content-type": headers.get("content-type") ?? "" } });
  const text = new TextDecoder().decode(bytes);
  const status = bytes.length <= MAX_ENVELOPE ? (statusOf(text) ?? 200) : 200;
  return { status, headers, text: async () => marked(text) };
};

async function bytesOf(reader) {
  const chunks = [];
  for (let length = 0; length < MAX_BYTES; ) {
    const { value, done } = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
    length += value.byteLength;
  }
  // Nothing waits for it, and it may fail.
  reader.cancel().catch(() => {});
  return Buffer.concat(chunks);
}
