// A program that is compiled without the declarations of a browser and of Node.

import { isOpenProspectError, OpenProspect, type FetchFunction, type ResponseHeaders, type Signal } from "openprospect";
import { createProxy, toNodeHandler, type ProxyRequest, type ProxyResponse } from "openprospect/proxy";
import { init, initSync, type ModuleSource } from "openprospect/slim";
import { mockOpenProspect } from "openprospect/testing";

declare const signal: Signal;
declare const source: ModuleSource;
const aborted: boolean = signal.aborted;
const mock = mockOpenProspect();
const fetch: FetchFunction = mock.fetch;
const client = new OpenProspect({ fetch, headers: { "x-a": "b" } });

export async function use(): Promise<string | null> {
  await init(source);
  initSync(new Uint8Array(8));
  try {
    const { headers }: { headers: ResponseHeaders } = await client.request("GET", "/x", { signal });
    return aborted ? null : headers.get("date");
  } catch (error) {
    if (isOpenProspectError(error, "rate_limit")) return error.message;
    throw error;
  } finally {
    client[Symbol.dispose]();
  }
}

declare const request: ProxyRequest;
const proxy = createProxy({ authorize: async ({ headers, url }) => headers.get("cookie") === url });
export const handler = toNodeHandler(proxy);
export const response: Promise<ProxyResponse> = proxy(request);
export const status: Promise<number> = response.then(({ status }) => status);
