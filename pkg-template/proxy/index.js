// `openprospect/proxy`: adds the API key on a server, so that a web page needs none.

export { toNodeHandler } from "./node.js";
export { createProxy } from "./proxy.js";
export { PASSED_HEADERS } from "./response.js";
