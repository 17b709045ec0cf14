// The proxy in a Node program, whose types are not in a browser's declarations.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createProxy, toNodeHandler, type Proxy } from "openprospect/proxy";
import { fails, holds, type IsAny, type Same } from "./assert.mjs";

const proxy: Proxy = createProxy({
  authorize: ({ headers }) => headers.get("cookie") !== null,
  apiKey: () => process.env.KEY ?? "lnc_test_x",
  fetch,
});
const handler = toNodeHandler(proxy, { origin: "https://app.example" });
createServer(handler);
createSecureServer({}, handler);
// The type that Express and Connect accept.
const middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void = handler;

export async function status(): Promise<number> {
  createServer((request, response) => middleware(request, response, () => {}));
  return (await proxy(new Request("https://app.example"))).status;
}

holds<Same<Parameters<Proxy>, [request: Request]>>();
fails<IsAny<Parameters<Proxy>[0]>>();
