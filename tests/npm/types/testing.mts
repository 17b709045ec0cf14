// The mock, together with the client.

import { OpenProspect } from "openprospect";
import {
  ERRORS,
  mockOpenProspect,
  TEST_KEYS,
  type Fault,
  type RecordedRequest,
  type RetryAdvice,
} from "openprospect/testing";
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

mockOpenProspect({
  rateLimit: { tier: "pro", windowMs: 60_000 },
  rateLimitHeaders: true,
  retryAfter: "none",
  keys: {
    lnc_test_y: { scopes: ["deliveries:write"], rateLimit: { limit: 5 } },
    lnc_test_z: { scopes: [], tier: "free" },
  },
});
holds<Same<RetryAdvice, "header" | "body" | "both" | "none">>();

// @ts-expect-error unknown form of advice
mockOpenProspect({ retryAfter: "trailer" });
// @ts-expect-error only a fault has a Retry-After value
mockOpenProspect({ retryAfter: 5 });
// @ts-expect-error must be a boolean
mockOpenProspect({ rateLimitHeaders: "draft" });
// @ts-expect-error a limit needs a number or a tier
mockOpenProspect({ keys: { lnc_test_x: { scopes: [], rateLimit: { windowMs: 5 } } } });
// @ts-expect-error unknown tier
mockOpenProspect({ rateLimit: { tier: "enterprise" } });
// @ts-expect-error unknown field
mock.fail({ retry: 5 });
// @ts-expect-error unknown option
mockOpenProspect({ order: 5 });

fails<IsAny<typeof mock>>();
fails<IsAny<typeof client>>();

const [company] = mock.deliver("s", [
  { id: "a", delivered_at: new Date(0), prospects: [{ email: "a@mail.example" }], own: 5 },
]);
const at: string | undefined = company?.delivered_at;
const added: string[] = mock.add("orders", 3).map(({ id }) => id);
mock.add("blacklists", [{ name: at ?? added.join() }]);
// @ts-expect-error unknown kind
mock.add("entries", 1);
// @ts-expect-error contacts must be objects
mock.deliver("s", [{ prospects: ["a"] }]);
