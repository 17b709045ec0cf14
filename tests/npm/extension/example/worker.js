import { readKey } from "./key.js"; // from IndexedDB, which content scripts do not share
import { OpenProspect } from "./openprospect.js"; // a copy of node_modules/openprospect/index.js

const client = new OpenProspect({ apiKey: readKey });

/** Actions for content scripts. Web pages can read the results, so they contain only what a page may show. */
const forPages = {
  async searches({ limit }) {
    if (!Number.isInteger(limit) || limit < 1 || limit > 20) throw new TypeError("limit: a whole number from 1 to 20");
    const { items, total } = await client.prospectSearches.list({ limit });
    return { names: items.map(({ name }) => name), total };
  },
};
/** Actions for the extension's own pages. */
const forOwn = { ...forPages, validate: () => client.auth.validate() };

async function run({ action, ...options }, actions) {
  if (!Object.hasOwn(actions, action)) throw new TypeError("action: unknown, or not allowed for this sender");
  return actions[action](options);
}

// Registered before the first await: the message may be what starts the worker.
chrome.runtime.onMessage.addListener((message, sender, reply) => {
  // The browser sets `origin`; the sender cannot change it.
  const isOwn = sender.origin === location.origin;
  run(message, isOwn ? forOwn : forPages).then(
    (value) => reply({ value }),
    // A web page does not get the details, the scopes or the body of an error.
    ({ message, code, resolution }) => reply({ error: isOwn ? { message, code, resolution } : { message, code } }),
  );
  return true; // the reply comes later
});
