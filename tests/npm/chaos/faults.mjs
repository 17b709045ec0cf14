// Faults below HTTP: the bytes written to the socket, the end of the connection, and the expected outcome of the call.

import { gzipSync } from "node:zlib";
import {
  bomb,
  bytes,
  drip,
  end,
  flood,
  head,
  JSON_BODY,
  length,
  reset,
  resetLater,
  response,
  stay,
} from "./socket-writes.mjs";

/** The outcome of a call: a result, or the kind of the error. */
const RESULT = "result";
const CONNECTION = "connection";
const TIMEOUT = "timeout";
const DECODE = "decode";
const NOT_FOUND = "not_found 404";

const half = JSON_BODY.slice(0, 9);
/** Announces the close, so that the next call does not reuse the connection: that would be a separate fault. */
const CLOSE = "connection: close";
/**
 * @param {string[]} [headers]
 * @param {string} [status]
 */
const closing = (headers = [], status = undefined) => head([CLOSE, ...headers], status);
/**
 * @param {string} text
 * @param {string[]} [headers]
 */
const complete = (text, headers = []) => response(text, [CLOSE, ...headers]);
const CHUNKED = closing(["transfer-encoding: chunked"]);
const KEPT = head(["transfer-encoding: chunked"]);
const GZIP = ["content-encoding: gzip"];
const BOMB = bomb(2048);
const MANY = Array.from({ length: 1e5 }, (_, n) => `x-${n}: ${n}`);

/**
 * The name, the bytes, the action after them, and the expected outcome of a GET, and of a POST if it differs.
 * `timeoutMs` replaces the usual timeout. Deviations of platforms are in `differences.mjs`.
 *
 * @type {[name: string, bytes: string | Buffer, then: Action, expected: string, options?: { timeoutMs: number }][]}
 */
const TABLE = [
  ["reset before a response", "", reset, CONNECTION],
  ["closed before a response", "", end, CONNECTION],
  ["reset within the status line", "HTTP/1.1 20", reset, CONNECTION],
  ["closed within the headers", "HTTP/1.1 200 OK\r\ncontent-ty", end, CONNECTION],
  ["reset after the headers", closing([length(JSON_BODY)]), reset, CONNECTION],
  ["reset within the body", closing([length(JSON_BODY)]) + half, reset, CONNECTION],
  ["closed within the body", head([length(JSON_BODY)]) + half, end, CONNECTION],
  ["closed within the body, close announced", closing([length(JSON_BODY)]) + half, end, CONNECTION],
  ["reset after the body", complete(JSON_BODY), resetLater, RESULT],
  ["half closed after the body", response(JSON_BODY), end, RESULT],
  ["no response", "", stay, TIMEOUT],
  ["stalled headers", "HTTP/1.1 200 OK\r\n", stay, TIMEOUT],
  ["stalled body", closing([length(JSON_BODY)]) + half, stay, TIMEOUT],
  ["headers, one byte per second", "", drip(complete(JSON_BODY)), TIMEOUT],
  ["a body, one byte per second", closing([length(JSON_BODY)]), drip(JSON_BODY), TIMEOUT],
  ["an error with a stalled body", closing([length(JSON_BODY)], "HTTP/1.1 404 Not Found") + half, stay, NOT_FOUND],
  [
    "an error with a truncated body",
    closing([length(JSON_BODY)], "HTTP/1.1 404 Not Found") + half,
    resetLater,
    NOT_FOUND,
  ],
  ["a length that is too large", head(["content-length: 999"]) + JSON_BODY, end, CONNECTION],
  ["a length that is too small", closing(["content-length: 5"]) + JSON_BODY, end, DECODE],
  ["a length that is not a number", closing(["content-length: many"]) + JSON_BODY, end, CONNECTION],
  ["a negative length", closing(["content-length: -1"]) + JSON_BODY, end, CONNECTION],
  ["two different lengths", closing([length(JSON_BODY), "content-length: 5"]) + JSON_BODY, end, CONNECTION],
  ["no length", closing() + JSON_BODY, end, RESULT],
  ["chunks", `${CHUNKED}16\r\n${JSON_BODY}\r\n0\r\n\r\n`, stay, RESULT],
  ["invalid chunks", `${CHUNKED}zz\r\n${JSON_BODY}\r\n`, end, CONNECTION],
  ["a truncated chunk", `${KEPT}fff\r\n${JSON_BODY}`, end, CONNECTION],
  ["a truncated chunk, close announced", `${CHUNKED}fff\r\n${JSON_BODY}`, end, CONNECTION],
  ["no last chunk", `${KEPT}16\r\n${JSON_BODY}\r\n`, end, CONNECTION],
  ["a chunk with an overlong length", `${CHUNKED}ffffffffffffffffff\r\n${JSON_BODY}`, end, CONNECTION],
  [
    "a length and chunks",
    `${closing([length(JSON_BODY), "transfer-encoding: chunked"])}16\r\n${JSON_BODY}\r\n0\r\n\r\n`,
    end,
    RESULT,
  ],
  ["a header of 1 MB", complete(JSON_BODY, [`x-long: ${"a".repeat(1e6)}`]), end, CONNECTION],
  ["100,000 headers", complete(JSON_BODY, MANY), end, CONNECTION, { timeoutMs: 10_000 }],
  ["endless headers", "HTTP/1.1 200 OK\r\n", flood(`x-a: ${"a".repeat(1000)}\r\n`.repeat(64)), CONNECTION],
  ["a header without a colon", complete(JSON_BODY, ["nonsense"]), end, CONNECTION],
  ["a header with a NUL", complete(JSON_BODY, ["x-a: a\0b"]), end, CONNECTION],
  ["lines without CR", complete(JSON_BODY).replaceAll("\r\n", "\n"), end, RESULT],
  ["gzip", bytes(closing(GZIP), gzipSync(JSON_BODY)), end, RESULT],
  ["invalid gzip", complete(JSON_BODY, GZIP), end, CONNECTION],
  ["truncated gzip", bytes(closing(GZIP), gzipSync(JSON_BODY).subarray(0, 20)), end, CONNECTION],
  ["a gzip bomb of 2 GiB", bytes(closing(GZIP), BOMB), end, DECODE, { timeoutMs: 30_000 }],
  [
    "a gzip bomb with a length",
    bytes(closing([...GZIP, `content-length: ${BOMB.length}`]), BOMB),
    end,
    DECODE,
    { timeoutMs: 30_000 },
  ],
  [
    "a gzip bomb in an error",
    bytes(closing(GZIP, "HTTP/1.1 404 Not Found"), BOMB),
    end,
    NOT_FOUND,
    { timeoutMs: 30_000 },
  ],
  [
    "a body of 2 GiB",
    closing([`content-length: ${2 ** 31}`]),
    flood(" ".repeat(1 << 18), 2 ** 31),
    DECODE,
    { timeoutMs: 30_000 },
  ],
  [
    "a body of 2 GiB in chunks",
    CHUNKED,
    flood(`10000\r\n${" ".repeat(65_536)}\r\n`, 2 ** 31, "0\r\n\r\n"),
    DECODE,
    { timeoutMs: 30_000 },
  ],
  ["an endless body", closing(), flood(" ".repeat(1 << 18)), DECODE, { timeoutMs: 30_000 }],
  ["HTTP/1.0", closing([], "HTTP/1.0 200 OK") + JSON_BODY, end, RESULT],
  ["not HTTP", "220 mail.example ready\r\n", end, CONNECTION],
  ["a status of two digits", closing([length(JSON_BODY)], "HTTP/1.1 20 OK") + JSON_BODY, end, CONNECTION],
  ["a status of 999", closing([length(JSON_BODY)], "HTTP/1.1 999 Whatever") + JSON_BODY, end, CONNECTION],
  ["a missing status", closing([length(JSON_BODY)], "HTTP/1.1") + JSON_BODY, end, CONNECTION],
  ["100 before the response", `HTTP/1.1 100 Continue\r\n\r\n${complete(JSON_BODY)}`, end, RESULT],
  ["103 before the response", `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${complete(JSON_BODY)}`, end, RESULT],
  [
    "an unexpected 101",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    end,
    CONNECTION,
  ],
  ["204 with a body", closing([length(JSON_BODY)], "HTTP/1.1 204 No Content") + JSON_BODY, end, RESULT],
  ["an unexpected 304", closing([], "HTTP/1.1 304 Not Modified"), end, "api 304"],
  ["extra bytes after the body", `${response(JSON_BODY)}${"x".repeat(100)}`, stay, RESULT],
  ["an unsolicited response", response(JSON_BODY) + response('{"items":["of another"]}'), stay, RESULT],
  ["a truncated UTF-8 character", bytes(closing(), '{"items":["', Buffer.from([0xe2, 0x82])), end, DECODE],
  ["an empty body", closing(["content-length: 0"]), end, "decode, POST: result"],
];

/** @typedef {import("./socket-writes.mjs").Action} Action */

export const FAULTS = TABLE.map(([name, text, then, expected, options]) => ({
  name,
  text: typeof text === "string" ? Buffer.from(text, "latin1") : text,
  then,
  expected,
  ...options,
}));

/** Faults for rows in which only the first request fails. */
export const ONCE = [
  "reset after the headers",
  "reset within the body",
  "closed within the body",
  "no response",
  "stalled body",
  "a length that is too large",
];

/**
 * Faults for rows in which every request fails until the deadline, which may be reached within an attempt or a delay.
 */
export const REPEATED = [
  ["no response", TIMEOUT],
  ["a body, one byte per second", TIMEOUT],
  ["reset within the body", `${CONNECTION} or ${TIMEOUT}`],
];
