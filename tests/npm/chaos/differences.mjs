// Where a platform does otherwise than is right, beneath the client, and why: the client has one answer of it, and no connection.

const UNDICI = ["Node", "edge"];
const BROWSERS = ["Chromium", "Firefox", "WebKit"];

const RESENDING = ["Chromium", "Firefox"];
const AGAIN = "connection, the POST comes again";
const RESENT =
  "by itself sends a request again when a connection that it had, such as the preflight's, breaks before the answer";

/** By fault: the places, what then comes of the call, and the reason. */
export const DIFFERENCES = [
  ["reset before an answer", RESENDING, AGAIN, RESENT],
  ["closed before an answer", RESENDING, AGAIN, RESENT],
  ["reset within the status line", ["Chromium"], AGAIN, RESENT],
  [
    "closed within the body, as announced",
    ["WebKit"],
    "decode",
    "takes any end that was announced for that of the body; JSON that was cut is told by its syntax",
  ],
  ["a length that is no number", ["Chromium", "Firefox"], "result", "pass over a length that they cannot read"],
  ["a length below zero", BROWSERS, "result", "pass over a length that they cannot read"],
  ["two lengths", ["WebKit"], "decode", "takes the last of them, and so the body is cut"],
  [
    "chunks that are none",
    ["WebKit"],
    "decode, POST: result",
    "takes a chunk without a length for the last one: the body is empty, which for a POST is no error",
  ],
  [
    "a chunk without an end, as announced",
    UNDICI,
    "result",
    "their HTTP parser takes an end that was announced for that of the chunks; all of the JSON had come",
  ],
  [
    "chunks without the last",
    ["WebKit"],
    "result",
    "takes the end of the connection for that of the chunks; all of the JSON had come",
  ],
  ["a chunk of endless length", ["WebKit"], "decode, POST: result", "takes a length beyond its numbers for none"],
  ["a length and chunks", UNDICI, "connection", "their HTTP parser refuses an answer that has both, as it may"],
  ["a header of a megabyte", ["Bun"], "result", "has no limit for one header"],
  ["a header without a colon", BROWSERS, "result", "pass over a line that is no header"],
  ["lines without returns", UNDICI, "connection", "their HTTP parser insists on them, as it may"],
  ["gzip that is none", ["WebKit"], "result", "gives what is not packed as it is"],
  [
    "gzip that breaks off",
    [...UNDICI, ...BROWSERS],
    "decode",
    "give what could be unpacked; JSON that was cut is told by its syntax",
  ],
  ["a status of nothing", ["Chromium", "Firefox"], "result", "take a status line without a status for 200"],
  ["100 before the answer", UNDICI, "connection", "refuse a 100 that nobody asked for"],
  ["100 before the answer", ["workerd"], "api 100", "takes an interim answer for the answer"],
  ["103 before the answer", ["workerd"], "api 103", "takes an interim answer for the answer"],
  ["101, unasked", ["Deno", "workerd"], "api 101", "give a switch of protocols as an answer"],
  [
    "an answer that nobody asked for",
    ["workerd"],
    "result, the next call gets what was left",
    "keeps the connection, and takes what the server sent on it unasked for the answer to the next request",
  ],
  ["TLS: garbage after the handshake", UNDICI, "timeout", "do not notice what is no TLS until the time is up"],
];

/** Within TLS it is the same fault. */
const withoutTls = (name) => (DIFFERENCES.some(([fault]) => fault === name) ? name : name.replace("TLS: ", ""));

/** What else than the right thing may come of a fault in a place: a list of `{ outcome, number }`, with the number of the reason. */
export function otherwise(name, place) {
  return DIFFERENCES.flatMap(([fault, places, outcome], index) =>
    fault === withoutTls(name) && places.includes(place) ? [{ outcome, number: index + 1 }] : [],
  );
}
