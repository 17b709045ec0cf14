// A CommonJS program.

import { isOpenProspectError, OpenProspect, RateLimitError, type Order, type Page } from "openprospect";
import { createProxy, toNodeHandler } from "openprospect/proxy";
import testing = require("openprospect/testing");

const mock = testing.mockOpenProspect();
const client = new OpenProspect({ apiKey: testing.TEST_KEYS.full, fetch: mock.fetch });

async function main(): Promise<Page<Order> | undefined> {
  try {
    return await client.orders.list({ limit: 10 });
  } catch (error) {
    if (error instanceof RateLimitError) console.log(error.retryAt?.toISOString());
    if (isOpenProspectError(error, "authorization")) console.log(error.details?.required_scopes?.length);
    return undefined;
  }
}
toNodeHandler(createProxy({ authorize: () => true, apiKey: testing.TEST_KEYS.full }));
// @ts-expect-error unknown option
new OpenProspect({ apiKy: "lnc_test_x" });

export = main;
