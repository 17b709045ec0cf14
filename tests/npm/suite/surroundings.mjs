// What a place keeps beside the client, where a key could be left: addresses, documents, storage. Of places without them, nothing.

/** Pairs of where it is and what is there. A place may refuse to tell; then it keeps nothing there. It can be sent to a page as a text. */
export async function surroundings() {
  const { document, location, history, performance, process, indexedDB, caches } = globalThis;
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  async function databases() {
    const all = [];
    for (const { name, version } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name, version));
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store);
        all.push([name, store, await done(records.getAllKeys()), await done(records.getAll())]);
      }
      database.close();
    }
    return all;
  }
  async function cached() {
    const all = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        all.push([name, request.url, [...request.headers], [...response.headers], await response.text()]);
      }
    }
    return all;
  }
  const tries = {
    "an address": () => [location?.href, document?.baseURI, document?.referrer, globalThis.name],
    history: () => history?.state,
    // What somebody types into the field for the key is in that field alone.
    "the document": () =>
      document && [
        document.title,
        document.documentElement.outerHTML,
        [...document.querySelectorAll("input:not([type=password]), textarea, select")].map(({ value }) => value),
      ],
    cookies: () => document?.cookie,
    // Node's needs a file of its own, and warns.
    localStorage: () => document && { ...globalThis.localStorage },
    sessionStorage: () => document && { ...globalThis.sessionStorage },
    "the addresses asked": () => performance?.getEntries?.().map(({ name }) => name),
    indexedDB: () => indexedDB && databases(),
    caches: () => location && caches && cached(),
    "the arguments": () => process?.argv,
    "the title": () => process?.title,
  };
  const found = [];
  for (const [where, look] of Object.entries(tries)) {
    try {
      const what = await look();
      if (what !== undefined) found.push([where, what]);
    } catch {
      // Storage that a policy or a platform does not give.
    }
  }
  return found;
}
