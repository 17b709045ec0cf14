// The mock, beside the client.

import { OpenProspect } from "openprospect";
import { ERRORS, mockOpenProspect, TEST_KEYS, type Fault, type RecordedRequest } from "openprospect/testing";
import { fails, holds, type IsAny, type Same } from "./assert.mjs";

const mock = mockOpenProspect({ seed: 1, orders: 3, keys: { lnc_test_x: { scopes: ["orders:read"] } } });
const client = new OpenProspect({ apiKey: TEST_KEYS.full, fetch: mock.fetch });
const fault: Fault = { status: 503, retryAfter: { date: 2000 }, stall: "body" };
mock.fail(503, fault, (request) => (request.method === "GET" ? 404 : undefined));

export async function served(): Promise<string> {
  const { url, close } = await mock.serve();
  await client.orders.list();
  await close();
  const [first] = mock.requests;
  holds<Same<typeof first, RecordedRequest | undefined>>();
  return `${url} ${ERRORS[0]?.resolution}`;
}

// @ts-expect-error an unknown field
mock.fail({ retry: 5 });
// @ts-expect-error an unknown option
mockOpenProspect({ order: 5 });

fails<IsAny<typeof mock>>();
fails<IsAny<typeof client>>();
