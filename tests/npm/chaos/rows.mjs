// What is played in a place, row by row: the faults below HTTP, those of TLS, and what a proxy does. Each has what is to come of it.

import { AGAIN, FAULTS, ONCE } from "./faults.mjs";

const BROKEN = "connection";
const CERTIFICATE = "certificate|trust|TLS|SSL|could not be read|preflight|blocked|unreachable";

/** Faults of a handshake. */
const HANDSHAKES = [
  ["TLS: reset at the hello", BROKEN],
  ["TLS: closed at the hello", BROKEN],
  ["TLS: reset within the handshake", BROKEN],
  ["TLS: silent at the hello", "timeout"],
  ["TLS: an alert", BROKEN],
  ["TLS: plain text", BROKEN],
];
/** The place would trust none of these, so it must not be told to trust everything. */
const STRANGERS = [
  "TLS: a certificate that nobody trusts",
  "TLS: a certificate of long ago",
  "TLS: a certificate of another host",
];
/** The handshake goes well: the place has to trust the certificate. */
const TRUSTED = [
  "TLS: reset after the handshake",
  "TLS: closed after the handshake",
  "TLS: cut off without a word",
  "TLS: garbage after the handshake",
];
const WITHIN_TLS = [
  "reset within the body",
  "closed within the body",
  "silent within the body",
  "reset before an answer",
  "no length",
  "gzip that is none",
];

const numberOf = (wanted) => FAULTS.findIndex(({ name }) => name === wanted);
/** What the proxy asks for there, of the fault server. */
export const SILENT = `/fault/${numberOf("silent")}/nginx`;

const LIMITS = [
  ["nginx: 502", "server 502", { path: "/dead", before: 0 }],
  ["nginx: 503", "server 503", { path: "/busy", before: 1 }],
  ["nginx: 504", "server 504", { path: "/silent", before: 0, upstream: SILENT }],
  ["nginx: 429", "rate_limit 429", { path: "/refused", before: 1 }],
  ["nginx: 413", "api 413", { path: "/well", before: 0, methods: ["POST"], body: 200_000 }],
];
const CROWDS = [
  ["nginx: 100 calls at a limit of 100 a second", "result", { path: "/limited", calls: 100 }],
  // One without a key that meets the end of a connection is not sent again.
  [
    "nginx: connections that close under 400 calls",
    "result or result, POST: connection",
    { path: "/closing", calls: 400, bare: 50 },
  ],
  ["nginx: a restart of the upstream under 400 calls", "result", { path: "/well", calls: 400, during: "restart" }],
];

const withoutScheme = (name) => name.replace("TLS: ", "");

/** The rows of one run: `strangers` and `trusted` tell which certificates it may meet, `rest` whether it has all that is neither. */
export function rowsFor({ doors, proxy }, { strangers, trusted, rest }) {
  const rows = [];
  const add = (name, expected, play, url, given) => rows.push({ name, expected, play, url, ...given });
  const always = (name, expected, url, given) => add(name, expected, "always", url, { path: "/fault", ...given });
  const shaken = (name, expected, given) =>
    always(name, expected, `https://${doors[withoutScheme(name)]}`, { well: null, ...given });
  const within = (name) => `http://${doors[name]}`;
  if (rest) {
    FAULTS.forEach(({ name, expected, patience }, number) =>
      always(name, expected, within(name), { path: `/fault/${number}`, patience, apart: within(`${name}, POST`) }),
    );
    for (const name of ONCE)
      add(`once: ${name}`, `result, POST: ${FAULTS[numberOf(name)].expected}`, "once", within(name), {
        number: numberOf(name),
      });
    for (const [name, expected] of AGAIN)
      add(`again and again: ${name}`, expected, "again", within(name), { path: `/fault/${numberOf(name)}/again` });
    for (const [name, expected] of HANDSHAKES) shaken(name, expected);
  }
  if (strangers) for (const name of STRANGERS) shaken(name, BROKEN, { says: CERTIFICATE });
  if (trusted) {
    for (const name of TRUSTED) shaken(name, BROKEN);
    const tls = `https://${doors.tls}`;
    for (const name of WITHIN_TLS)
      always(`TLS: ${name}`, FAULTS[numberOf(name)].expected, tls, { path: `/fault/${numberOf(name)}/tls` });
    add("TLS: once: reset within the body", `result, POST: ${BROKEN}`, "once", tls, {
      number: numberOf("reset within the body"),
      suffix: "-tls",
    });
  }
  if (rest) {
    for (const [name, expected, given] of LIMITS) add(name, expected, "limited", proxy, given);
    for (const [name, expected, given] of CROWDS) add(name, expected, "crowd", proxy, given);
  }
  return rows;
}

/** All of them, without their addresses. */
export const ROWS = rowsFor({ doors: {} }, { strangers: true, trusted: true, rest: true });
