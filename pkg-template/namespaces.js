import { edit } from "./edits.js";
import { everyItem } from "./pages.js";
import { inParts } from "./parts.js";
import { captureTrace } from "./trace.js";

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

/** Each method remembers where it was called, for the errors of all the requests it leads to. */
function namespace(Client, client, rows) {
  const methods = {};
  const define = (name, perform) => {
    const method = (...args) => perform(args, captureTrace(method));
    methods[name] = method;
  };
  const invokers = {};
  for (const [operation, [, name, , path, , , also, part]] of rows) {
    const invoke = (args, trace) => client.invoke(operation, args, trace);
    invokers[name] = invoke;
    if (part === undefined) define(name, invoke);
    else define(name, inParts(invoke, part, (...told) => client.progress(operation, ...told)));

    if (also === "wait") define(also, (args, trace) => client.wait(operation, args, trace));
    else if (also === "edit") define(also, edit(client, invokers.get, invoke));
    else if (also !== undefined) {
      const follow = (...page) => Client.follow(operation, ...page);
      define(also, (args, trace) => everyItem(invoke, follow, args, path.split("{").length - 1, trace));
    }
  }
  return methods;
}
