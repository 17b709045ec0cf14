import { readKey } from "./key.js"; // from IndexedDB, which content scripts do not share
import { OpenProspect } from "./openprospect.js"; // a copy of node_modules/openprospect/index.js

const client = new OpenProspect({ apiKey: readKey });

/** What content scripts may ask for. They live in web pages: an answer has no more than a page may know. */
const forPages = {
  async searches({ limit }) {
    if (!Number.isInteger(limit) || limit < 1 || limit > 20) throw new TypeError("limit: a whole number from 1 to 20");
    const { items, total } = await client.prospectSearches.list({ limit });
    return { names: items.map(({ name }) => name), total };
  },
};
/** What the extension's own pages may ask for. */
const forOwn = { ...forPages, validate: () => client.auth.validate() };

async function answer({ action, ...given }, actions) {
  if (!Object.hasOwn(actions, action)) throw new TypeError("action: not one that you may ask for");
  return actions[action](given);
}

// Before anything is awaited: a message may be what wakes the worker.
chrome.runtime.onMessage.addListener((message, sender, reply) => {
  // The browser sets `origin`, whatever the sender says.
  const isOwn = sender.origin === location.origin;
  answer(message, isOwn ? forOwn : forPages).then(
    (value) => reply({ value }),
    // A web page gets no details, no scopes and no body of an error.
    ({ message, code, resolution }) => reply({ error: isOwn ? { message, code, resolution } : { message, code } }),
  );
  return true; // the reply comes later
});
