import { callOf, perform, refused } from "./calls.js";
import { edit } from "./edits.js";
import { isIso8601 } from "./iso8601.js";
import { own, wrong } from "./misuse.js";
import { callOptions } from "./options.js";
import { everyItem } from "./pages.js";
import { inParts } from "./parts.js";
import { checkIdempotencyKey, filledPath, jsonBody, listBody, objectBody, orderBody, withQuery } from "./request.js";
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
    const read = (args, isOne = true, isFresh = false) => {
      const request = { older: older || undefined, whole: !isOne, method, path: filledPath(path, args), isKeyed, isFresh };
      const given = input === "" ? undefined : args.at(parameters);
      const options = callOptions(args.at(parameters + (input === "" ? 0 : 1)));
      // Pages are many requests, and reading them needs no key.
      if (!isOne && options.idempotencyKey !== undefined) {
        checkIdempotencyKey(options.idempotencyKey);
        delete options.idempotencyKey;
      }
      return callOf({ ...request, ...INPUTS[input]?.(request, given) ?? list(input, given) }, options);
    };
    const invoke = (args, trace, isFresh) => perform(client, () => read(args, true, isFresh), trace);
    invokers[name] = invoke;
    if (part === "") define(name, invoke);
    else {
      define(name, inParts(invoke, Number(part), {
        tell: (id, ...told) => client.progress(method, filledPath(path, [id]), ...told),
        refuse: (error, trace) => refused(client, error, trace),
        scrub: (data) => client.scrubbed(data),
        // By its content, so that a part that is sent again by a later call, with others in front of it or not, has the same key.
        keyOf: (key, part) => (key === undefined ? undefined : `${key}.${Client.fingerprint(jsonBody(part)).toString(36)}`),
      }));
    }

    if (also === "wait") define(also, (args, trace) => waitUntilDone(client, method, path, args, trace));
    else if (also === "edit") define(also, edit(client, invokers.get, invoke));
    else if (also !== "") {
      const follow = (...page) => Client.follow(path, ...page);
      const page = (args, trace) => perform(client, () => read(args, false), trace);
      define(also, (args, trace) => everyItem(page, follow, args, parameters, trace));
    }
  }
  return methods;
}

/** What an operation takes after its path parameters, and what becomes of it; any other word names the one member of a body. */
const INPUTS = {
  "": () => ({}),
  query: ({ path }, asked) => {
    checkInstants(asked);
    return { path: withQuery(path, asked), asked };
  },
  body: (_, given) => ({ body: objectBody(given) }),
  order: (_, given) => ({ body: orderBody(given) }),
};

/** Parameters that are an instant. A server may read `04.02.2026` as another day, and silently leave companies out. */
const INSTANTS = ["delivered_since"];

function checkInstants(asked) {
  for (const name of INSTANTS) {
    const text = own(asked, name);
    if (typeof text === "string" && !isIso8601(text)) throw wrong(`query.${name}`, text, "a Date, or an ISO 8601 date or time that is on the calendar, such as 2026-01-31T08:00:00Z");
  }
}

const list = (name, given) => ({ body: listBody(name, given) });
