// What must not compile: an unused @ts-expect-error is an error itself.

import {
  ApiError,
  AuthorizationError,
  isOpenProspectError,
  OpenProspect,
  type OpenProspectError,
  type OpenProspectEvent,
} from "openprospect";

const client = new OpenProspect({ apiKey: "lnc_test_x" });

// @ts-expect-error an unknown option
new OpenProspect({ apiKy: "lnc_test_x" });
// @ts-expect-error a number is no key
new OpenProspect({ apiKey: 5 });
// @ts-expect-error a text is no number
new OpenProspect({ timeoutMs: "5" });
// @ts-expect-error the attempt always has a limit
new OpenProspect({ timeoutMs: null });
// @ts-expect-error an unknown setting
new OpenProspect({ backoff: { factor: 2 } });
// @ts-expect-error an option of a call
new OpenProspect({ signal: new AbortController().signal });
// @ts-expect-error a URL is no string
new OpenProspect({ baseUrl: new URL("https://x.test") });
// @ts-expect-error a text is no object
new OpenProspect("lnc_test_x");
// @ts-expect-error a header is a text
new OpenProspect({ headers: { "x-a": 5 } });

// @ts-expect-error a text is no number
client.orders.list({ limit: "10" });
// @ts-expect-error an unknown parameter
client.orders.list({ page: 2 });
// @ts-expect-error the options come second
client.orders.list({ signal: new AbortController().signal });
// @ts-expect-error an id is needed
client.orders.get();
// @ts-expect-error an id is a text
client.orders.get(5);
// @ts-expect-error an unknown option
client.orders.get("o_1", { timeout: 5 });
// @ts-expect-error a controller is no signal
client.auth.validate({ signal: new AbortController() });
// @ts-expect-error nothing of that name
client.invoices;
// @ts-expect-error nothing of that name
client.orders.remove("o_1");
// @ts-expect-error the namespaces stay
client.orders = client.orders;

// @ts-expect-error no such method
client.request("FETCH", "/x");
// @ts-expect-error a path is needed
client.request("GET");
// @ts-expect-error an object is no value of a query
client.get("/x", { query: { a: {} } });
// @ts-expect-error an unknown option
client.get("/x", { params: {} });
// @ts-expect-error what came is unknown until it is typed
client.get("/x").then((data) => data.id);

export function errors(error: OpenProspectError, event: OpenProspectEvent): void {
  // @ts-expect-error no such kind
  isOpenProspectError(error, "rate_limited");
  // @ts-expect-error errors are not changed
  error.code = "X";
  // @ts-expect-error a code may be any text
  const code: "UNAUTHORIZED" = error.code;
  // @ts-expect-error only some errors have it
  error.requiredScopes;
  // @ts-expect-error no status may have come
  const status: number = error.status;
  if (error instanceof AuthorizationError) {
    // @ts-expect-error the server may not have told
    const scopes: string[] = error.details.required_scopes;
    // @ts-expect-error it is 403
    if (error.status === 404) return;
    console.log(scopes);
  }
  if (error instanceof ApiError) {
    // @ts-expect-error a timeout is no answer of the API
    if (error.kind === "timeout") return;
  }
  // @ts-expect-error an attempt has no wait of its own kind
  if (event.type === "waited") return;
  // @ts-expect-error only one of the two has it
  event.durationMs;
  console.log(code, status);
}
