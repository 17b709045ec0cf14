import { everyItem } from "./pages.js";

/**
 * Gives a client class its namespaces: `client.orders.list(…)` and so on, from the table of operations in the wasm
 * module. A namespace is made when it is first asked for, and kept on the client.
 */
export function defineNamespaces(Client) {
  const operations = [...Client.operations().entries()];
  for (const name of new Set(operations.map(([, [namespace]]) => namespace))) {
    Object.defineProperty(Client.prototype, name, {
      configurable: true,
      get() {
        const namespace = {};
        for (const [operation, [owner, method, parameters, all]] of operations) {
          if (owner !== name) continue;
          namespace[method] = (...args) => this.invoke(operation, args);
          if (all === undefined) continue;
          const follow = Client.follow.bind(Client, operation);
          namespace[all] = (...args) => everyItem(namespace[method], follow, args, parameters);
        }
        Object.defineProperty(this, name, { value: namespace });
        return namespace;
      },
    });
  }
}
