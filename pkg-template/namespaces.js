import { edit } from "./edits.js";
import { everyItem } from "./pages.js";
import { inParts } from "./parts.js";

/**
 * Gives a client class its namespaces: `client.orders.list(…)` and so on, from the table of operations in the wasm
 * module. A namespace is made when it is first asked for, and kept on the client.
 */
export function defineNamespaces(Client) {
  const rows = [...Client.operations().entries()];
  for (const name of new Set(rows.map(([, [namespace]]) => namespace))) {
    const own = rows.filter(([, [namespace]]) => namespace === name);
    Object.defineProperty(Client.prototype, name, {
      configurable: true,
      get() {
        const value = namespace(Client, this, own);
        Object.defineProperty(this, name, { value });
        return value;
      },
    });
  }
}

function namespace(Client, client, rows) {
  const methods = {};
  for (const [operation, [, name, , path, , , also, part]] of rows) {
    const call = (...args) => client.invoke(operation, args);
    methods[name] = part === undefined ? call : inParts(call, part, (...told) => client.progress(operation, ...told));
    if (also === "wait") methods.wait = (...args) => client.wait(operation, args);
    else if (also === "edit") methods.edit = edit(client, methods.get, call);
    else if (also !== undefined) {
      const follow = Client.follow.bind(Client, operation);
      const parameters = path.split("{").length - 1;
      methods[also] = (...args) => everyItem(call, follow, args, parameters);
    }
  }
  return methods;
}
