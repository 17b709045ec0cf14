// Code that must not compile: an unused @ts-expect-error is an error.

import {
  ApiError,
  AuthorizationError,
  isOpenProspectError,
  OpenProspect,
  type OpenProspectError,
  type OpenProspectEvent,
} from "openprospect";

const client = new OpenProspect({ apiKey: "lnc_test_x" });

// @ts-expect-error unknown option
new OpenProspect({ apiKy: "lnc_test_x" });
// @ts-expect-error a key must be a string
new OpenProspect({ apiKey: 5 });
// @ts-expect-error must be a number
new OpenProspect({ timeoutMs: "5" });
// @ts-expect-error an attempt always has a timeout
new OpenProspect({ timeoutMs: null });
// @ts-expect-error unknown setting
new OpenProspect({ backoff: { factor: 2 } });
// @ts-expect-error only calls have this option
new OpenProspect({ signal: new AbortController().signal });
// @ts-expect-error must be a string
new OpenProspect({ baseUrl: new URL("https://x.test") });
// @ts-expect-error must be an object
new OpenProspect("lnc_test_x");
// @ts-expect-error a header must be a string
new OpenProspect({ headers: { "x-a": 5 } });

// @ts-expect-error must be a number
client.orders.list({ limit: "10" });
// @ts-expect-error unknown parameter
client.orders.list({ page: 2 });
// @ts-expect-error the options come second
client.orders.list({ signal: new AbortController().signal });
// @ts-expect-error the id is required
client.orders.get();
// @ts-expect-error an id must be a string
client.orders.get(5);
// @ts-expect-error unknown option
client.orders.get("o_1", { timeout: 5 });
// @ts-expect-error must be a signal
client.auth.validate({ signal: new AbortController() });
// @ts-expect-error unknown property
client.invoices;
// @ts-expect-error unknown property
client.orders.remove("o_1");
// @ts-expect-error namespaces are readonly
client.orders = client.orders;

// @ts-expect-error unknown method
client.request("FETCH", "/x");
// @ts-expect-error the path is required
client.request("GET");
// @ts-expect-error a query value must not be an object
client.get("/x", { query: { a: {} } });
// @ts-expect-error unknown option
client.get("/x", { params: {} });
// @ts-expect-error the data is unknown without a type argument
client.get("/x").then((data) => data.id);

export function errors(error: OpenProspectError, event: OpenProspectEvent): void {
  // @ts-expect-error unknown kind
  isOpenProspectError(error, "rate_limited");
  // @ts-expect-error errors are readonly
  error.code = "X";
  // @ts-expect-error a code may be any string
  const code: "UNAUTHORIZED" = error.code;
  // @ts-expect-error only some errors have this property
  error.requiredScopes;
  // @ts-expect-error there may be no status
  const status: number = error.status;
  if (error instanceof AuthorizationError) {
    // @ts-expect-error the server may not report it
    const scopes: string[] = error.details.required_scopes;
    // @ts-expect-error it is always 403
    if (error.status === 404) return;
    console.log(scopes);
  }
  if (error instanceof ApiError) {
    // @ts-expect-error a timeout is not an ApiError
    if (error.kind === "timeout") return;
  }
  // @ts-expect-error unknown event type
  if (event.type === "waited") return;
  // @ts-expect-error only one of the event types has this property
  event.durationMs;
  console.log(code, status);
}
