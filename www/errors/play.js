// Makes an error happen on a mock of its own, and tells what the client made of it.

import { OpenProspect } from "../openprospect/index.js";
import { mockOpenProspect, TEST_KEYS } from "../openprospect/testing/index.js";

const PATH = "/api/v1/orders";
/** Short, so that nobody waits for it. */
const QUICK = { maxRetries: 2, backoff: { baseMs: 60, maxMs: 60 } };

function kit({ key = "full", options }) {
  const mock = mockOpenProspect({ orders: 1, companies: 0, prospects: 0, prospectSearches: 0, blacklists: 0 });
  const client = new OpenProspect({ apiKey: TEST_KEYS[key], fetch: mock.fetch, ...QUICK, ...options });
  return { mock, client };
}

const errorOf = (promise) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

/** The error itself. */
export function make(given) {
  const { mock, client } = kit(given);
  if (given.fault && !given.isEarned) mock.fail({ ...given.fault, times: Infinity });
  return errorOf((async () => (given.act ?? ((own) => own.get(PATH)))(client, mock))());
}

/** Whether a GET and a POST are sent again after it: tried, not looked up. */
export async function isRetried(given) {
  if (!given.fault) return undefined;
  const tried = async (method, body) => {
    const { mock, client } = kit(given);
    mock.fail({ ...given.fault, times: Infinity });
    await errorOf(client.request(method, PATH, { body }));
    return mock.requests.length > 1;
  };
  const [get, post] = await Promise.all([tried("GET"), tried("POST", { briefing_quantity: 1 })]);
  return { get, post };
}
