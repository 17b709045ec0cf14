// The rows of the test: the faults below HTTP, of TLS, and of a proxy, each with its expected outcome.

import { FAULTS, ONCE, REPEATED } from "./faults.mjs";

const CONNECTION = "connection";
const CERTIFICATE = "certificate|trust|TLS|SSL|could not be read|preflight|blocked|unreachable";

/** Faults of the handshake. */
const HANDSHAKES = [
  ["TLS: reset after the ClientHello", CONNECTION],
  ["TLS: closed after the ClientHello", CONNECTION],
  ["TLS: reset within the handshake", CONNECTION],
  ["TLS: stalled after the ClientHello", "timeout"],
  ["TLS: an alert", CONNECTION],
  ["TLS: plain text", CONNECTION],
];
/** Untrusted certificates: the environment must not be configured to accept every certificate. */
const UNTRUSTED = [
  "TLS: an untrusted certificate",
  "TLS: an expired certificate",
  "TLS: a certificate for another host",
];
/** Faults after the handshake: the environment must trust the certificate. */
const TRUSTED = [
  "TLS: reset after the handshake",
  "TLS: closed after the handshake",
  "TLS: closed without close_notify",
  "TLS: invalid records after the handshake",
];
const WITHIN_TLS = [
  "reset within the body",
  "closed within the body",
  "stalled body",
  "reset before a response",
  "no length",
  "invalid gzip",
];

const numberOf = (wanted) => FAULTS.findIndex(({ name }) => name === wanted);
/** The path at the fault server for the stalled upstream of nginx. */
export const STALLED = `/fault/${numberOf("no response")}/nginx`;

/** @type {[name: string, expected: string, settings: object][]} */
const LIMITS = [
  ["nginx: 502", "server 502", { path: "/dead", before: 0 }],
  ["nginx: 503", "server 503", { path: "/busy", before: 1 }],
  ["nginx: 504", "server 504", { path: "/stalled", before: 0, upstream: STALLED }],
  ["nginx: 429", "rate_limit 429", { path: "/strict", before: 1 }],
  ["nginx: 413", "api 413", { path: "/ok", before: 0, methods: ["POST"], body: 200_000 }],
];
/** @type {[name: string, expected: string, settings: object][]} */
const CROWDS = [
  ["nginx: 100 calls at a limit of 100 per second", "result", { path: "/limited", calls: 100 }],
  // A POST without a key is not retried if its connection is closed.
  [
    "nginx: connections that close under 400 calls",
    "result or result, POST: connection",
    { path: "/closing", calls: 400, bare: 50 },
  ],
  ["nginx: a restart of the upstream under 400 calls", "result", { path: "/ok", calls: 400, during: "restart" }],
];

const withoutScheme = (name) => name.replace("TLS: ", "");

/**
 * Which rows a run has: those with untrusted certificates, with trusted certificates, and the rest.
 *
 * @typedef {{ untrusted: boolean, trusted: boolean, rest: boolean }} Selection
 *
 * `play` names the function of `run.mjs` that gets the row.
 *
 * @typedef {{ name: string, expected: string, play: string, url: string, [setting: string]: any }} Row
 */

/**
 * The rows of one run.
 *
 * @param {{ addresses: Record<string, string>, proxy: string }} servers
 * @param {Selection} selection
 */
export function rowsFor({ addresses, proxy }, { untrusted, trusted, rest }) {
  /** @type {Row[]} */
  const rows = [];
  const add = (name, expected, play, url, settings) => rows.push({ name, expected, play, url, ...settings });
  const always = (name, expected, url, settings) => add(name, expected, "always", url, { path: "/fault", ...settings });
  /**
   * @param {string} name
   * @param {string} expected
   * @param {object} [settings]
   */
  const handshake = (name, expected, settings) =>
    always(name, expected, `https://${addresses[withoutScheme(name)]}`, { next: null, ...settings });
  const httpUrl = (name) => `http://${addresses[name]}`;
  if (rest) {
    FAULTS.forEach(({ name, expected, timeoutMs }, number) => {
      const postUrl = httpUrl(`${name}, POST`);
      always(name, expected, httpUrl(name), { path: `/fault/${number}`, timeoutMs, postUrl });
    });
    for (const name of ONCE)
      add(`once: ${name}`, `result, POST: ${FAULTS[numberOf(name)].expected}`, "once", httpUrl(name), {
        number: numberOf(name),
      });
    for (const [name, expected] of REPEATED)
      add(`repeated: ${name}`, expected, "repeated", httpUrl(name), { path: `/fault/${numberOf(name)}/repeated` });
    for (const [name, expected] of HANDSHAKES) handshake(name, expected);
  }
  if (untrusted) for (const name of UNTRUSTED) handshake(name, CONNECTION, { message: CERTIFICATE });
  if (trusted) {
    for (const name of TRUSTED) handshake(name, CONNECTION);
    const tls = `https://${addresses.tls}`;
    for (const name of WITHIN_TLS)
      always(`TLS: ${name}`, FAULTS[numberOf(name)].expected, tls, { path: `/fault/${numberOf(name)}/tls` });
    add("TLS: once: reset within the body", `result, POST: ${CONNECTION}`, "once", tls, {
      number: numberOf("reset within the body"),
      suffix: "-tls",
    });
  }
  if (rest) {
    for (const [name, expected, settings] of LIMITS) add(name, expected, "limited", proxy, settings);
    for (const [name, expected, settings] of CROWDS) add(name, expected, "crowd", proxy, settings);
  }
  return rows;
}

/** All rows, without their addresses. */
export const ROWS = rowsFor({ addresses: {}, proxy: "" }, { untrusted: true, trusted: true, rest: true });
