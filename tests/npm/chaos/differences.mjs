// Where a platform deviates below the client, and why: the client gets only the response, and has no access to the
// connection.

const UNDICI = ["Node", "edge"];
const BROWSERS = ["Chromium", "Firefox", "WebKit"];

const RESENDING = ["Chromium", "Firefox"];
const RESENT = "connection, the POST is resent";
const RESENDS =
  "resend a request themselves if a reused connection, such as that of the preflight, breaks before a response";

/**
 * Rows of the fault, the environments, the outcome there, and the reason.
 *
 * @type {[fault: string, environments: string[], outcome: string, reason: string][]}
 */
export const DIFFERENCES = [
  ["reset before a response", RESENDING, RESENT, RESENDS],
  ["closed before a response", RESENDING, RESENT, RESENDS],
  [
    "reset within the status line",
    ["Chromium"],
    RESENT,
    RESENDS.replace("resend", "resends").replace("themselves", "itself"),
  ],
  [
    "closed within the body, close announced",
    ["WebKit"],
    "decode",
    "accepts an announced close as the end of the body; the JSON syntax shows that the body is truncated",
  ],
  ["a length that is not a number", ["Chromium", "Firefox"], "result", "ignore an invalid length"],
  ["a negative length", BROWSERS, "result", "ignore an invalid length"],
  ["two different lengths", ["WebKit"], "decode", "uses the last one, so that the body is truncated"],
  [
    "invalid chunks",
    ["WebKit"],
    "decode, POST: result",
    "treats a chunk without a length as the last one: the body is empty, which is not an error for a POST",
  ],
  [
    "a truncated chunk, close announced",
    UNDICI,
    "result",
    "accept an announced close as the end of the chunks; the JSON is complete",
  ],
  ["no last chunk", ["WebKit"], "result", "accepts a closed connection as the end of the chunks; the JSON is complete"],
  ["a chunk with an overlong length", ["WebKit"], "decode, POST: result", "treats a length that overflows as missing"],
  ["a length and chunks", UNDICI, "connection", "reject a response with both, as HTTP allows"],
  ["a header of 1 MB", ["Bun"], "result", "has no limit for one header"],
  ["a header without a colon", BROWSERS, "result", "ignore a line that is not a header"],
  ["lines without CR", UNDICI, "connection", "require CR, as HTTP allows"],
  ["invalid gzip", ["WebKit"], "result", "returns a body that is not compressed as it is"],
  [
    "truncated gzip",
    [...UNDICI, ...BROWSERS],
    "decode",
    "return the decompressed part; the JSON syntax shows that the body is truncated",
  ],
  ["a missing status", ["Chromium", "Firefox"], "result", "treat a status line without a status as 200"],
  ["100 before the response", UNDICI, "connection", "reject an unexpected 100"],
  ["100 before the response", ["workerd"], "api 100", "treats an interim response as the final one"],
  ["103 before the response", ["workerd"], "api 103", "treats an interim response as the final one"],
  ["an unexpected 101", ["Deno", "workerd"], "api 101", "return a switch of protocols as a response"],
  [
    "an unsolicited response",
    ["workerd"],
    "result, the next call gets the leftover response",
    "reuses the connection, and treats the unsolicited response as the response to the next request",
  ],
  ["TLS: invalid records after the handshake", UNDICI, "timeout", "do not notice invalid records until the timeout"],
];

/** A fault within TLS has the differences of the same fault without TLS. */
const withoutTls = (name) => (DIFFERENCES.some(([fault]) => fault === name) ? name : name.replace("TLS: ", ""));

/** The known deviations of an environment for a fault, with the number of the reason. */
export function deviations(name, environment) {
  return DIFFERENCES.flatMap(([fault, environments, outcome], index) =>
    fault === withoutTls(name) && environments.includes(environment) ? [{ outcome, number: index + 1 }] : [],
  );
}
