import { callOf, perform, refused } from "./calls.js";
import { edit } from "./edits.js";
import { callOptions } from "./options.js";
import { everyItem } from "./pages.js";
import { inParts } from "./parts.js";
import { filledPath, listBody, objectBody, orderBody, withQuery } from "./request.js";
import { captureTrace } from "./trace.js";
import { waitUntilDone } from "./waiting.js";

/**
 * Gives a client class its namespaces: `client.orders.list(…)` and so on, from the table of operations in the wasm
 * module. A namespace is made when it is first asked for, and kept on the client.
 */
export function defineNamespaces(Client) {
  const rows = Client.operations().split("\n").map((row) => row.split(" "));
  for (const name of new Set(rows.map(([namespace]) => namespace))) {
    const own = rows.filter(([namespace]) => namespace === name);
    Object.defineProperty(Client.prototype, name, {
      __proto__: null,
      configurable: true,
      get() {
        const value = namespace(Client, this, own);
        Object.defineProperty(this, name, { __proto__: null, value });
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
  for (const [, name, method, path, , , also, part, older, isKeyed, input] of rows) {
    const parameters = path.split("{").length - 1;
    const read = (args) => {
      const request = { older: older || undefined, method, path: filledPath(path, args), isKeyed };
      const given = input === "" ? undefined : args.at(parameters);
      const options = callOptions(args.at(parameters + (input === "" ? 0 : 1)));
      return callOf({ ...request, ...INPUTS[input]?.(request, given) ?? list(input, given) }, options);
    };
    const invoke = (args, trace) => perform(client, () => read(args), trace);
    invokers[name] = invoke;
    if (part === "") define(name, invoke);
    else {
      define(name, inParts(invoke, Number(part), {
        tell: (id, ...told) => client.progress(method, filledPath(path, [id]), ...told),
        refuse: (error, trace) => refused(client, error, trace),
        scrub: (data) => client.scrubbed(data),
      }));
    }

    if (also === "wait") define(also, (args, trace) => waitUntilDone(client, method, path, args, trace));
    else if (also === "edit") define(also, edit(client, invokers.get, invoke));
    else if (also !== "") {
      const follow = (...page) => Client.follow(path, ...page);
      define(also, (args, trace) => everyItem(invoke, follow, args, parameters, trace));
    }
  }
  return methods;
}

/** What an operation takes after its path parameters, and what becomes of it; any other word names the one member of a body. */
const INPUTS = {
  "": () => ({}),
  query: ({ path }, asked) => ({ path: withQuery(path, asked), asked }),
  body: (_, given) => ({ body: objectBody(given) }),
  order: (_, given) => ({ body: orderBody(given) }),
};

const list = (name, given) => ({ body: listBody(name, given) });
