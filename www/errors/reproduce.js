// Reproduces an error on a mock of its own.

import { OpenProspect } from "../openprospect/index.js";
import { mockOpenProspect, TEST_KEYS } from "../openprospect/testing/index.js";

/**
 * @typedef {import("../openprospect/index.js").OpenProspectError} OpenProspectError
 * @typedef {import("../openprospect/index.js").OpenProspectOptions} OpenProspectOptions
 * @typedef {import("../openprospect/index.js").HttpMethod} HttpMethod
 * @typedef {import("../openprospect/testing/index.js").OpenProspectMock} OpenProspectMock
 *
 * @typedef {object} Cause how to get an error from a call
 * @property {string} how for the visitor
 * @property {keyof typeof TEST_KEYS} [key] default `full`
 * @property {(client: OpenProspect, mock: OpenProspectMock) => Promise<unknown>} [act] default: lists orders
 *
 * @typedef {object} CaseFields
 * @property {string} name
 * @property {string} [meaning] default: what the error's message says
 * @property {string} [note]
 * @property {import("../openprospect/testing/index.js").Fault} [fault] the response that leads to the error
 * @property {OpenProspectOptions} [options]
 * @property {boolean} [isNatural] whether the error occurs without the fault, which then only tests the retries
 *
 * @typedef {Cause & CaseFields} Case
 */

const PATH = "/api/v1/orders";
/** Short waits, so that the table is complete at once. */
const QUICK = { maxRetries: 2, backoff: { baseMs: 60, maxMs: 60 } };

/** @param {Case} example */
function setUp({ key = "full", options }) {
  const mock = mockOpenProspect({ orders: 1, companies: 0, prospects: 0, prospectSearches: 0, blacklists: 0 });
  const client = new OpenProspect({ apiKey: TEST_KEYS[key], fetch: mock.fetch, ...QUICK, ...options });
  return { mock, client };
}

/**
 * The error of a call that must fail.
 *
 * @param {Case} example
 * @returns {Promise<OpenProspectError>}
 */
export async function reproduce(example) {
  const { mock, client } = setUp(example);
  if (example.fault && !example.isNatural) mock.fail({ ...example.fault, times: Infinity });
  try {
    await (example.act ? example.act(client, mock) : client.get(PATH));
  } catch (error) {
    return /** @type {OpenProspectError} */ (error);
  }
  throw new Error(`${example.name}: the call did not fail`);
}

/**
 * Whether the client retries a GET and a POST after a fault: measured on the mock, not read from a table.
 *
 * @param {Case} example
 */
export async function isRetried(example) {
  const { fault } = example;
  if (!fault) return undefined;
  /**
   * @param {HttpMethod} method
   * @param {object} [body]
   */
  const isSentAgain = async (method, body) => {
    const { mock, client } = setUp(example);
    mock.fail({ ...fault, times: Infinity });
    await client.request(method, PATH, { body }).catch(() => {});
    return mock.requests.length > 1;
  };
  const [get, post] = await Promise.all([isSentAgain("GET"), isSentAgain("POST", { briefing_quantity: 1 })]);
  return { get, post };
}
