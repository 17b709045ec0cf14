// The proxy, with a browser's library.

import { createProxy, PASSED_HEADERS, toNodeHandler, type Proxy, type ProxyOptions } from "openprospect/proxy";
import { fails, holds, type IsAny, type Same } from "./assert.mjs";

const proxy = createProxy({ authorize: (request) => request.headers.get("cookie") === "session=1" });
holds<Same<Parameters<Proxy>, [request: Request]>>();
holds<Same<ReturnType<Proxy>, Promise<Response>>>();

export const everything: ProxyOptions = {
  authorize: async (request) => ((await request.clone().text()) === "" ? true : Response.redirect("/login")),
  apiKey: async (request) => request.headers.get("x-tenant") ?? "lnc_test_x",
  prefix: "/openprospect",
  baseUrl: "https://api.example",
  fetch: (url, init) => fetch(url, init),
  allowedOrigins: ["https://app.example"] as const,
  maxBodyBytes: 1,
  timeoutMs: 1,
  onError: (error, request) => console.error(request.url, error),
};

// As Next.js, Deno.serve and Bun.serve take it.
export const GET: (request: Request, context: { params: Promise<object> }) => Promise<Response> | Response = proxy;
export const response: Promise<Response> = createProxy({ authorize: () => true, apiKey: "lnc_test_x", fetch })(
  new Request("https://app.example"),
);
export const names: readonly string[] = PASSED_HEADERS;

// @ts-expect-error authorize is required
createProxy({ apiKey: "lnc_test_x" });
// @ts-expect-error nothing but a boolean or a response
createProxy({ authorize: () => "yes" });
// @ts-expect-error an unknown option
createProxy({ authorize: () => true, apikey: "lnc_test_x" });
// @ts-expect-error a list of origins
createProxy({ authorize: () => true, allowedOrigins: "*" });
// @ts-expect-error an unknown option
toNodeHandler(proxy, { trustProxy: true });
// @ts-expect-error the list is not to be changed
PASSED_HEADERS.push("x-other");

fails<IsAny<typeof proxy>>();
fails<IsAny<ReturnType<typeof toNodeHandler>>>();
