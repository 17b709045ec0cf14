// How each error comes about on the mock: what a caller does, or what the mock is told to answer.

import { ERRORS } from "../openprospect/testing/index.js";

const NOWHERE = "00000000-0000-4000-8000-000000000000";
const LIST = "/api/v1/orders";
const TOLD = "The mock is told to answer so.";

/** What earns a documented code by itself. `key` is one of the mock's test keys. */
const EARNED = {
  UNAUTHORIZED: { how: "The key is revoked.", key: "revoked" },
  AUTHORIZATION_ERROR: { how: "The key has no scopes.", key: "none" },
  VALIDATION_ERROR: {
    how: "It asks for a page of 1,000 items.",
    act: (client) => client.get(LIST, { query: { limit: 1000 } }),
  },
  ORDER_NOT_FOUND: { how: "It asks for an order that is not there.", act: (client) => client.orders.get(NOWHERE) },
  PROSPECT_SEARCH_NOT_FOUND: {
    how: "It asks for a search that is not there.",
    act: (client) => client.prospectSearches.get(NOWHERE),
  },
  BLACKLIST_NOT_FOUND: {
    how: "It asks for a blacklist that is not there.",
    act: (client) => client.blacklists.get(NOWHERE),
  },
};

const statuses = [...new Set(ERRORS.map(({ status }) => status))];
const isDocumented = ({ documented }) => documented !== "none";

export const TABLES = [
  {
    name: "Statuses",
    about: "The vendor's status table, and the gateway statuses of its samples. Codes and words of a body come on top.",
    cases: statuses
      .filter((status) => status !== 405)
      .map((status) => ({ name: String(status), fault: { status, body: {} }, how: TOLD })),
  },
  {
    name: "Codes",
    about: "What a body says beside its status.",
    cases: ERRORS.filter(isDocumented).map(({ status, code, documented, message }) => ({
      name: code,
      meaning: message,
      note: documented === "older" ? `${status}, older pages only` : String(status),
      fault: { code },
      ...(EARNED[code] ?? { how: TOLD }),
      isEarned: code in EARNED,
    })),
  },
  {
    name: "Without a documented status",
    about: "What can go wrong before, around or after an answer.",
    cases: [
      {
        name: "Broken connection",
        meaning: "no answer came: the connection broke or could not be made",
        fault: { reset: "headers" },
        how: "The mock breaks the connection.",
      },
      {
        name: "Half an answer",
        meaning: "the connection broke within the body",
        fault: { reset: "body" },
        how: "The mock breaks the connection after half of the body.",
      },
      {
        name: "Too slow",
        meaning: "an attempt took longer than `timeoutMs`",
        fault: { stall: "headers" },
        options: { timeoutMs: 60 },
        how: "The mock does not answer.",
      },
      {
        name: "No time left",
        meaning: "the whole call took longer than `deadlineMs`",
        fault: { stall: "headers" },
        options: { deadlineMs: 80, timeoutMs: 1000 },
        how: "The mock does not answer.",
      },
      {
        name: "Redirect",
        meaning: "the server sends the caller elsewhere, where the key must not go",
        fault: { redirect: "https://elsewhere.example/" },
        how: TOLD,
      },
      {
        name: "Not JSON",
        meaning: "a 200 whose body cannot be read",
        fault: { shape: "truncated_json", status: 200 },
        how: TOLD,
      },
      {
        name: "A gateway's HTML",
        meaning: "a page in place of an answer",
        fault: { shape: "html", status: 502 },
        how: TOLD,
      },
      {
        name: "Undocumented status",
        meaning: "a status that the documentation does not have",
        fault: { status: 418 },
        how: TOLD,
      },
      {
        name: "Rejected order",
        meaning: "what was waited for ended otherwise than well",
        how: "An order is rejected while it is waited for.",
        act: rejected,
      },
      {
        name: "Wrong argument",
        meaning: "nothing was sent: an option or argument is wrong",
        how: "It asks for an order with an empty id.",
        act: (client) => client.orders.get(""),
      },
    ],
  },
];

async function rejected(client, mock) {
  const {
    items: [{ id }],
  } = await client.orders.list({ limit: 1 });
  mock.setStatus("orders", id, "REJECTED", "The companies could not be told apart");
  await client.orders.wait(id);
}
