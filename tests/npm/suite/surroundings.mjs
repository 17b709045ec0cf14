// State of the environment outside the client that could contain a key: addresses, documents, storage.

/**
 * Pairs of a location and its content; none for a location that the environment does not have or allow. The function
 * can be sent to a page as a text.
 *
 * @returns {Promise<[where: string, what: any][]>}
 */
export async function surroundings() {
  const { document, location, history, performance, process, indexedDB, caches } = globalThis;
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  async function databases() {
    const all = [];
    for (const { name = "", version } of await indexedDB.databases()) {
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
        all.push([name, request.url, [...request.headers], [...(response?.headers ?? [])], await response?.text()]);
      }
    }
    return all;
  }
  const tries = {
    "an address": () => [location?.href, document?.baseURI, document?.referrer, /** @type {any} */ (globalThis).name],
    history: () => history?.state,
    // A key that a user types is in the password field only.
    "the document": () =>
      document && [
        document.title,
        document.documentElement.outerHTML,
        [...document.querySelectorAll("input:not([type=password]), textarea, select")].map(
          (field) => /** @type {HTMLInputElement} */ (field).value,
        ),
      ],
    cookies: () => document?.cookie,
    // In Node localStorage needs a file, and warns.
    localStorage: () => document && { ...globalThis.localStorage },
    sessionStorage: () => document && { ...globalThis.sessionStorage },
    "the addresses asked": () => performance?.getEntries?.().map(({ name }) => name),
    indexedDB: () => indexedDB && databases(),
    caches: () => location && caches && cached(),
    "the arguments": () => process?.argv,
    "the title": () => process?.title,
  };
  /** @type {[where: string, what: any][]} */
  const found = [];
  for (const [where, read] of Object.entries(tries)) {
    try {
      const what = await read();
      if (what !== undefined) found.push([where, what]);
    } catch {
      // A policy or the platform denies access.
    }
  }
  return found;
}
