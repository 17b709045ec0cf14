// What can go wrong below HTTP: what is written to the socket, what then becomes of it, and what may come of the call.

import { gzipSync } from "node:zlib";
import { answer, bomb, bytes, drip, end, flood, head, JSON_BODY, length, reset, resetLater, stay } from "./writing.mjs";

/** What is to come of a call: a result, or the kind of the error. */
const RESULT = "result";
const BROKEN = "connection";
const LATE = "timeout";
const UNREADABLE = "decode";
const MISSING = "not_found 404";

const half = JSON_BODY.slice(0, 9);
/** As it should be before an end: what meets the next call on the same connection is a fault of its own. */
const CLOSE = "connection: close";
const closing = (headers = [], status = undefined) => head([CLOSE, ...headers], status);
const whole = (text, headers = []) => answer(text, [CLOSE, ...headers]);
const CHUNKED = closing(["transfer-encoding: chunked"]);
const KEPT = head(["transfer-encoding: chunked"]);
const GZIP = ["content-encoding: gzip"];
const BOMB = bomb(2048);
const MANY = Array.from({ length: 1e5 }, (_, n) => `x-${n}: ${n}`);

/**
 * Each has its name, what is written, what then happens, and what is to come of the call: of a GET, and of a POST where that is not
 * the same. `patience` is a timeout of its own. Where a platform does otherwise, `differences.mjs` says so.
 */
export const FAULTS = [
  ["reset before an answer", "", reset, BROKEN],
  ["closed before an answer", "", end, BROKEN],
  ["reset within the status line", "HTTP/1.1 20", reset, BROKEN],
  ["closed within the headers", "HTTP/1.1 200 OK\r\ncontent-ty", end, BROKEN],
  ["reset after the headers", closing([length(JSON_BODY)]), reset, BROKEN],
  ["reset within the body", closing([length(JSON_BODY)]) + half, reset, BROKEN],
  ["closed within the body", head([length(JSON_BODY)]) + half, end, BROKEN],
  ["closed within the body, as announced", closing([length(JSON_BODY)]) + half, end, BROKEN],
  ["reset after the body", whole(JSON_BODY), resetLater, RESULT],
  ["half closed after the body", answer(JSON_BODY), end, RESULT],
  ["silent", "", stay, LATE],
  ["silent within the headers", "HTTP/1.1 200 OK\r\n", stay, LATE],
  ["silent within the body", closing([length(JSON_BODY)]) + half, stay, LATE],
  ["headers, a byte a second", "", drip(whole(JSON_BODY)), LATE],
  ["a body, a byte a second", closing([length(JSON_BODY)]), drip(JSON_BODY), LATE],
  ["an error whose body is silent", closing([length(JSON_BODY)], "HTTP/1.1 404 Not Found") + half, stay, MISSING],
  [
    "an error whose body breaks off",
    closing([length(JSON_BODY)], "HTTP/1.1 404 Not Found") + half,
    resetLater,
    MISSING,
  ],
  ["a length that is too long", head(["content-length: 999"]) + JSON_BODY, end, BROKEN],
  ["a length that is too short", closing(["content-length: 5"]) + JSON_BODY, end, UNREADABLE],
  ["a length that is no number", closing(["content-length: many"]) + JSON_BODY, end, BROKEN],
  ["a length below zero", closing(["content-length: -1"]) + JSON_BODY, end, BROKEN],
  ["two lengths", closing([length(JSON_BODY), "content-length: 5"]) + JSON_BODY, end, BROKEN],
  ["no length", closing() + JSON_BODY, end, RESULT],
  ["chunks", `${CHUNKED}16\r\n${JSON_BODY}\r\n0\r\n\r\n`, stay, RESULT],
  ["chunks that are none", `${CHUNKED}zz\r\n${JSON_BODY}\r\n`, end, BROKEN],
  ["a chunk without an end", `${KEPT}fff\r\n${JSON_BODY}`, end, BROKEN],
  ["a chunk without an end, as announced", `${CHUNKED}fff\r\n${JSON_BODY}`, end, BROKEN],
  ["chunks without the last", `${KEPT}16\r\n${JSON_BODY}\r\n`, end, BROKEN],
  ["a chunk of endless length", `${CHUNKED}ffffffffffffffffff\r\n${JSON_BODY}`, end, BROKEN],
  [
    "a length and chunks",
    `${closing([length(JSON_BODY), "transfer-encoding: chunked"])}16\r\n${JSON_BODY}\r\n0\r\n\r\n`,
    end,
    RESULT,
  ],
  ["a header of a megabyte", whole(JSON_BODY, [`x-long: ${"a".repeat(1e6)}`]), end, BROKEN],
  ["a hundred thousand headers", whole(JSON_BODY, MANY), end, BROKEN, { patience: 10_000 }],
  ["headers without end", "HTTP/1.1 200 OK\r\n", flood(`x-a: ${"a".repeat(1000)}\r\n`.repeat(64)), BROKEN],
  ["a header without a colon", whole(JSON_BODY, ["nonsense"]), end, BROKEN],
  ["a header with a zero in it", whole(JSON_BODY, ["x-a: a\0b"]), end, BROKEN],
  ["lines without returns", whole(JSON_BODY).replaceAll("\r\n", "\n"), end, RESULT],
  ["gzip", bytes(closing(GZIP), gzipSync(JSON_BODY)), end, RESULT],
  ["gzip that is none", whole(JSON_BODY, GZIP), end, BROKEN],
  ["gzip that breaks off", bytes(closing(GZIP), gzipSync(JSON_BODY).subarray(0, 20)), end, BROKEN],
  ["a gzip bomb of 2 GiB", bytes(closing(GZIP), BOMB), end, UNREADABLE, { patience: 30_000 }],
  [
    "a gzip bomb with its length",
    bytes(closing([...GZIP, `content-length: ${BOMB.length}`]), BOMB),
    end,
    UNREADABLE,
    { patience: 30_000 },
  ],
  ["a gzip bomb in an error", bytes(closing(GZIP, "HTTP/1.1 404 Not Found"), BOMB), end, MISSING, { patience: 30_000 }],
  [
    "a body of 2 GiB",
    closing([`content-length: ${2 ** 31}`]),
    flood(" ".repeat(1 << 18), 2 ** 31),
    UNREADABLE,
    { patience: 30_000 },
  ],
  [
    "a body of 2 GiB in chunks",
    CHUNKED,
    flood(`10000\r\n${" ".repeat(65_536)}\r\n`, 2 ** 31, "0\r\n\r\n"),
    UNREADABLE,
    { patience: 30_000 },
  ],
  ["a body without end", closing(), flood(" ".repeat(1 << 18)), UNREADABLE, { patience: 30_000 }],
  ["HTTP/1.0", closing([], "HTTP/1.0 200 OK") + JSON_BODY, end, RESULT],
  ["no HTTP at all", "220 mail.example ready\r\n", end, BROKEN],
  ["a status of two digits", closing([length(JSON_BODY)], "HTTP/1.1 20 OK") + JSON_BODY, end, BROKEN],
  ["a status of 999", closing([length(JSON_BODY)], "HTTP/1.1 999 Whatever") + JSON_BODY, end, BROKEN],
  ["a status of nothing", closing([length(JSON_BODY)], "HTTP/1.1") + JSON_BODY, end, BROKEN],
  ["100 before the answer", `HTTP/1.1 100 Continue\r\n\r\n${whole(JSON_BODY)}`, end, RESULT],
  ["103 before the answer", `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${whole(JSON_BODY)}`, end, RESULT],
  ["101, unasked", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", end, BROKEN],
  ["204 with a body", closing([length(JSON_BODY)], "HTTP/1.1 204 No Content") + JSON_BODY, end, RESULT],
  ["304, unasked", closing([], "HTTP/1.1 304 Not Modified"), end, "api 304"],
  ["bytes left over", `${answer(JSON_BODY)}${"x".repeat(100)}`, stay, RESULT],
  ["an answer that nobody asked for", answer(JSON_BODY) + answer('{"items":["of another"]}'), stay, RESULT],
  ["half a character at the end", bytes(closing(), '{"items":["', Buffer.from([0xe2, 0x82])), end, UNREADABLE],
  ["an empty body", closing(["content-length: 0"]), end, "decode, POST: result"],
].map(([name, text, then, expected, given]) => ({ name, text: Buffer.from(text, "latin1"), then, expected, ...given }));

/** With these the first request ends, and the second goes well. */
export const ONCE = [
  "reset after the headers",
  "reset within the body",
  "closed within the body",
  "silent",
  "silent within the body",
  "a length that is too long",
];

/** These are met until the deadline, which may come within an attempt or between two. */
export const AGAIN = [
  ["silent", LATE],
  ["a body, a byte a second", LATE],
  ["reset within the body", `${BROKEN} or ${LATE}`],
];
