// A program that uses every part of the client.

import {
  type isOpenProspectError,
  OpenProspect,
  type ApiResponse,
  type Attempt,
  type Blacklist,
  type KeyValidation,
  type OpenProspectEvent,
  type OpenProspectOptions,
  type Order,
  type Page,
  type ProspectSearch,
  type Query,
  type RequestOptions,
} from "openprospect";
import { fails, holds, type IsAny, type Same } from "./assert.mjs";

const options: OpenProspectOptions = {
  apiKey: async () => "lnc_test_x",
  baseUrl: "https://proxy.example.test/api",
  maxRetries: 3,
  backoff: { baseMs: 100 },
  maxRetryAfterMs: 1000,
  batch: true,
  batchShare: 0.8,
  giveUpAfterMs: 3_600_000,
  timeoutMs: 1000,
  deadlineMs: null,
  headers: new Headers({ "x-a": "b" }),
  fetch: globalThis.fetch,
  onEvent: describe,
  allowLiveKeyInBrowser: false,
};
const client = new OpenProspect(options);
new OpenProspect();
new OpenProspect({ apiKey: "lnc_test_x", headers: { a: "b" } });
new OpenProspect({ headers: [["a", "b"]] });
new OpenProspect({ headers: new Map([["a", "b"]]), fetch: async () => new Response("{}") });

const time = (date: Date): string => date.toISOString();

function describe(event: OpenProspectEvent): string {
  switch (event.type) {
    case "attempt":
      return `${event.attempt} ${event.status ?? event.failure} ${event.durationMs.toFixed()} ${event.sent}`;
    case "retry":
      return `${event.waitMs.toFixed()} ${event.waitReason satisfies "backoff" | "retry_after"}`;
    case "throttled":
      return `${time(event.until)} ${event.pace ?? "unknown"} ${event.window.toFixed()} ${event.waiting.toFixed()}`;
    case "outage":
      return `${event.until.toISOString()} ${event.failures.toFixed()} ${event.waiting.toFixed()}`;
    case "resumed":
      return `${event.pace ?? "unlimited"} ${event.window.toFixed()} ${event.waiting.toFixed()}`;
    case "progress":
      return `${event.sent.toFixed()} of ${event.total.toFixed()} at ${event.path}`;
    case "alert":
      event.operation satisfies string;
      return `${event.operation}: ${event.count.toFixed()} since ${time(event.since)}: ${event.error.message}`;
    case "recovered":
      return `${event.operation} after ${event.count.toFixed()} since ${event.since.toISOString()}`;
  }
}

export async function calls(): Promise<void> {
  const { signal } = new AbortController();
  const page = await client.orders.list(
    { limit: 10, offset: 0 },
    {
      signal,
      timeoutMs: 5,
      deadlineMs: null,
      maxRetries: 0,
      maxRetryAfterMs: 0,
      batch: false,
      giveUpAfterMs: 1,
      headers: {},
    },
  );
  holds<Same<typeof page, Page<Order>>>();
  holds<Same<typeof page.items, Order[]>>();
  holds<Same<typeof page.total, number>>();
  holds<Same<typeof page.has_more, boolean>>();
  const first = page.items[0];
  if (first) {
    const id: string = first.id;
    // The second one is a state that the API may introduce later.
    if (first.status === "COMPLETED" || first.status === "PAUSED") console.log(id);
    holds<Same<(typeof first)["title"], unknown>>();
  }
  await client.orders.list();
  await client.orders.list({}, { idempotencyKey: "k" });

  holds<Same<Awaited<ReturnType<typeof client.orders.get>>, Order>>();
  holds<Same<Awaited<ReturnType<typeof client.prospectSearches.list>>, Page<ProspectSearch>>>();
  holds<Same<Awaited<ReturnType<typeof client.blacklists.list>>, Page<Blacklist>>>();
  const key: KeyValidation = await client.auth.validate({ signal });
  const scope = key.scopes[0];
  if (scope === "orders:read" || scope === "prospects:write") console.log(scope);

  const response = await client.request<{ id: string }>("POST", "/api/v1/orders", {
    body: { a: 1 },
    query: { q: ["a", 1, true, 2n, new Date()], none: undefined },
  });
  holds<Same<typeof response, ApiResponse<{ id: string }>>>();
  holds<Same<typeof response.data, { id: string }>>();
  holds<Same<typeof response.headers, Headers>>();
  holds<Same<typeof response.attempts, Attempt[]>>();
  holds<Same<typeof response.requestId, string | undefined>>();

  const unknown = await client.request("GET", "/x");
  holds<Same<typeof unknown.data, unknown>>();
  const results = await Promise.all([
    client.get("/x"),
    client.post("/x"),
    client.put("/x"),
    client.patch("/x"),
    client.delete("/x"),
  ]);
  holds<Same<typeof results, [unknown, unknown, unknown, unknown, unknown]>>();
  const typed: number = await client.get<number>("/x", { query: { a: 1 } satisfies Query });
  const call: RequestOptions = { body: typed };
  await client.put<void>("/x", call);
  client.free();
}

fails<IsAny<OpenProspectOptions>>();
fails<IsAny<OpenProspectEvent>>();
fails<IsAny<Awaited<ReturnType<OpenProspect["orders"]["list"]>>["items"][number]>>();
fails<IsAny<Awaited<ReturnType<OpenProspect["orders"]["get"]>>>>();
fails<IsAny<Awaited<ReturnType<OpenProspect["auth"]["validate"]>>["scopes"][number]>>();
fails<IsAny<Awaited<ReturnType<OpenProspect["get"]>>>>();
fails<IsAny<Awaited<ReturnType<OpenProspect["request"]>>>>();
fails<IsAny<ReturnType<OpenProspect["request"]>>>();
fails<IsAny<ConstructorParameters<typeof OpenProspect>[0]>>();
holds<Same<ConstructorParameters<typeof OpenProspect>[0], OpenProspectOptions | undefined>>();
holds<Same<ReturnType<typeof isOpenProspectError>, boolean>>();
