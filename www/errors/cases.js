// How to reproduce each error on the mock: what the caller does, or what the mock returns.

import { ERRORS } from "../openprospect/testing/index.js";

/**
 * @typedef {import("./reproduce.js").Case} Case
 * @typedef {import("./reproduce.js").Cause} Cause
 *
 * @typedef {object} Table
 * @property {string} name
 * @property {string} about
 * @property {Case[]} cases
 */

const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";
const LIST = "/api/v1/orders";
const FAULT = "The mock is configured to return this response.";

/** @type {Record<string, Cause>} what leads to a documented code without a fault */
const NATURAL = {
  UNAUTHORIZED: { how: "The key is revoked.", key: "revoked" },
  AUTHORIZATION_ERROR: { how: "The key has no scopes.", key: "none" },
  VALIDATION_ERROR: {
    how: "The call requests a page of 1,000 items.",
    act: (client) => client.get(LIST, { query: { limit: 1000 } }),
  },
  ORDER_NOT_FOUND: { how: "The order does not exist.", act: (client) => client.orders.get(UNKNOWN_ID) },
  PROSPECT_SEARCH_NOT_FOUND: {
    how: "The prospect search does not exist.",
    act: (client) => client.prospectSearches.get(UNKNOWN_ID),
  },
  BLACKLIST_NOT_FOUND: {
    how: "The blacklist does not exist.",
    act: (client) => client.blacklists.get(UNKNOWN_ID),
  },
};

const statuses = [...new Set(ERRORS.map(({ status }) => status))];

/** @type {Table[]} */
export const TABLES = [
  {
    name: "Statuses",
    about: "The vendor's status table, and the gateway statuses of its samples. A body may add a code and a message.",
    cases: statuses
      .filter((status) => status !== 405)
      .map((status) => ({ name: String(status), fault: { status, body: {} }, how: FAULT })),
  },
  {
    name: "Codes",
    about: "The error codes of response bodies.",
    cases: ERRORS.filter(({ documented }) => documented !== "none").map(({ status, code, documented, message }) => ({
      name: code,
      meaning: message,
      note: documented === "older" ? `${status}, legacy pages only` : String(status),
      fault: { code },
      ...(NATURAL[code] ?? { how: FAULT }),
      isNatural: code in NATURAL,
    })),
  },
  {
    name: "Without a documented status",
    about: "Failures before, during or after a response.",
    cases: [
      {
        name: "Connection reset",
        meaning: "no response was received: the connection failed or could not be opened",
        fault: { reset: "headers" },
        how: "The mock resets the connection.",
      },
      {
        name: "Incomplete response",
        meaning: "the connection failed within the body",
        fault: { reset: "body" },
        how: "The mock resets the connection after half of the body.",
      },
      {
        name: "Attempt timeout",
        meaning: "an attempt took longer than `timeoutMs`",
        fault: { stall: "headers" },
        options: { timeoutMs: 60 },
        how: "The mock does not respond.",
      },
      {
        name: "Call deadline",
        meaning: "the whole call took longer than `deadlineMs`",
        fault: { stall: "headers" },
        options: { deadlineMs: 80, timeoutMs: 1000 },
        how: "The mock does not respond.",
      },
      {
        name: "Redirect",
        meaning: "the server redirects to another address, which must not get the key",
        fault: { redirect: "https://elsewhere.example/" },
        how: FAULT,
      },
      {
        name: "Invalid JSON",
        meaning: "a 200 response whose body is not valid JSON",
        fault: { shape: "truncated_json", status: 200 },
        how: FAULT,
      },
      {
        name: "HTML from a gateway",
        meaning: "an HTML page in place of the API's response",
        fault: { shape: "html", status: 502 },
        how: FAULT,
      },
      {
        name: "Undocumented status",
        meaning: "a status that the documentation does not list",
        fault: { status: 418 },
        how: FAULT,
      },
      {
        name: "Rejected order",
        meaning: "the job did not succeed",
        how: "The order is rejected while the client waits for it.",
        act: waitForRejectedOrder,
      },
      {
        name: "Invalid argument",
        meaning: "an option or argument is invalid: the client sent nothing",
        how: "The call gets an order with an empty id.",
        act: (client) => client.orders.get(""),
      },
    ],
  },
];

/**
 * @param {import("../openprospect/index.js").OpenProspect} client
 * @param {import("../openprospect/testing/index.js").OpenProspectMock} mock
 */
async function waitForRejectedOrder(client, mock) {
  const [{ id }] = (await client.orders.list({ limit: 1 })).items;
  mock.setStatus("orders", id, "REJECTED", "The companies could not be matched");
  await client.orders.wait(id);
}
