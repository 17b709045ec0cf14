// The values that `fetch` accepts, and options that are present but undefined.

import nodeFetch from "node-fetch";
import { createProxy } from "openprospect/proxy";
import { mockOpenProspect } from "openprospect/testing";
import { OpenProspect, type CallOptions, type FetchFunction, type FetchInit, type FetchResponse } from "openprospect";
import { Agent, fetch as undiciFetch, RetryAgent } from "undici";

const dispatcher = new RetryAgent(new Agent({ headersTimeout: 900_000, bodyTimeout: 900_000 }));

export const fetches: FetchFunction[] = [
  globalThis.fetch,
  undiciFetch,
  nodeFetch,
  mockOpenProspect().fetch,
  (url, init) => fetch(url, init),
  (url, init) => fetch(url, { ...init, cache: "no-store", headers: { ...init.headers, "x-trace": "1" } }),
  async (url, init) => {
    const response = await fetch(url, init);
    if (!response.ok) console.warn(response.status, init.method.padStart(7));
    return response;
  },
  (url, init) => undiciFetch(url, { ...init, dispatcher }),
  (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  async (url: string, init: RequestInit) => fetch(new URL(url), init),
  async (): Promise<FetchResponse> => ({
    status: 200,
    headers: new Map<string, string>() as never,
    text: async () => "{}",
  }),
];

// @ts-expect-error must return a promise
new OpenProspect({ fetch: () => new Response() });
// @ts-expect-error must resolve to a response
new OpenProspect({ fetch: async () => "text" });

for (const fetch of fetches) new OpenProspect({ fetch });

export function traced(url: string, { method, headers, body, signal }: FetchInit): Promise<FetchResponse> {
  return undiciFetch(url, { method, headers, signal, ...(body === undefined ? {} : { body: body.trim() }) });
}
new OpenProspect({ fetch: traced });

const settings: { key?: string } = {};
const client = new OpenProspect({
  apiKey: settings.key,
  baseUrl: undefined,
  maxRetries: undefined,
  backoff: { baseMs: undefined, maxMs: undefined },
  maxRetryAfterMs: undefined,
  batch: undefined,
  batchShare: undefined,
  giveUpAfterMs: undefined,
  timeoutMs: undefined,
  deadlineMs: undefined,
  headers: undefined,
  fetch: undefined,
  onEvent: undefined,
  allowLiveKeyInBrowser: undefined,
});
const none: CallOptions = {
  signal: undefined,
  timeoutMs: undefined,
  deadlineMs: undefined,
  maxRetries: undefined,
  headers: undefined,
  idempotencyKey: undefined,
};

export async function calls(): Promise<void> {
  await client.orders.list({ limit: undefined, offset: undefined }, none);
  await client.orders.create(
    { briefing_quantity: 5, companies: undefined, title: undefined, features: undefined },
    undefined,
  );
  await client.orders.create({ companies: [{ company_name: "A", city: undefined }], briefing_quantity: undefined });
  await client.orders.wait("a", { signal: undefined, deadlineMs: undefined, pollMs: undefined, onStatus: undefined });
  await client.deliveries.companies("a", { delivered_since: undefined, limit: 5 });
  await client.companies.list({ prospect_search_id: "a", review_status: undefined, search: undefined });
  await client.blacklists.create({ name: "ours", description: undefined });
  await client.blacklists.update("a", { name: undefined, description: "d" });
  await client.blacklists.addEntries("a", [{ company_name: "A", website_url: undefined }]);
  await client.prospectSearches.edit("a", () => ({ name: undefined, search_keywords: undefined }));
  await client.request("GET", "/api/v1/orders", { query: undefined, body: undefined, ...none });
  await client.retryOnConflict(
    () => 1,
    (n) => n,
    { maxRounds: undefined, signal: undefined },
  );
}
mockOpenProspect({ seed: undefined, orders: undefined, rateLimit: { limit: 5, windowMs: undefined } }).fail({
  status: 503,
  times: undefined,
  match: { path: undefined },
});
createProxy({
  authorize: () => true,
  apiKey: undefined,
  prefix: undefined,
  baseUrl: undefined,
  fetch: undefined,
  allowedOrigins: undefined,
  maxBodyBytes: undefined,
  timeoutMs: undefined,
  onError: undefined,
});
