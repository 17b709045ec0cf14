import { OpenProspect } from "./openprospect.js"; // a copy of node_modules/openprospect/index.js

// Without this a content script could read the key.
chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });

const client = new OpenProspect({ apiKey: async () => (await chrome.storage.local.get("apiKey")).apiKey });

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

/** `origin` is told by the browser, whatever a sender says. */
async function answer({ action, ...given }, { origin }) {
  const actions = origin === location.origin ? forOwn : forPages;
  if (!Object.hasOwn(actions, action)) throw new TypeError("action: not one that you may ask for");
  return actions[action](given);
}

// Before anything is awaited: a message may be what wakes the worker.
chrome.runtime.onMessage.addListener((message, sender, reply) => {
  answer(message, sender).then(
    (value) => reply({ value }),
    (error) => reply({ error: error.toJSON?.() ?? { name: error.name, message: error.message } }),
  );
  return true; // the reply comes later
});
