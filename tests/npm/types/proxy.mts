// The proxy, with the declarations of a browser.

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

// The types that Next.js, Deno.serve and Bun.serve accept.
export const GET: (request: Request, context: { params: Promise<object> }) => Promise<Response> | Response = proxy;
export const response: Promise<Response> = createProxy({ authorize: () => true, apiKey: "lnc_test_x", fetch })(
  new Request("https://app.example"),
);
export const names: readonly string[] = PASSED_HEADERS;

// @ts-expect-error authorize is required
createProxy({ apiKey: "lnc_test_x" });
// @ts-expect-error must be a boolean or a response
createProxy({ authorize: () => "yes" });
// @ts-expect-error unknown option
createProxy({ authorize: () => true, apikey: "lnc_test_x" });
// @ts-expect-error must be a list of origins
createProxy({ authorize: () => true, allowedOrigins: "*" });
// @ts-expect-error unknown option
toNodeHandler(proxy, { trustProxy: true });
// @ts-expect-error the list is readonly
PASSED_HEADERS.push("x-other");

fails<IsAny<typeof proxy>>();
fails<IsAny<ReturnType<typeof toNodeHandler>>>();
